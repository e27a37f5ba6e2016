// SPDX-License-Identifier: Apache-2.0
// Records of COCO files, from tokens.
#include <cstdlib>

#include "Cursor.h"

namespace {

using thresh::Cursor;

/// A list that grows; memory that runs out is an error of the cursor.
template <typename Record>
struct List {
  Record *records = nullptr;
  size_t count = 0, room = 0;

  Record *add(Cursor &c, size_t more = 1) {
    if (count + more > room) {
      const size_t larger = (room < 64 ? 64 : room + room / 2) + more;
      auto *moved = static_cast<Record *>(std::realloc(records, larger * sizeof(Record)));
      if (!moved) {
        c.fail("there is no memory left for the file's records");
        return nullptr;
      }
      records = moved;
      room = larger;
    }
    Record *first = records + count;
    count += more;
    return first;
  }
};

struct Key {
  const char *from, *to;

  template <size_t n>
  bool is(const char (&name)[n]) const {
    return to - from == static_cast<ptrdiff_t>(n - 1) && std::memcmp(from, name, n - 1) == 0;
  }
};

/// Calls `field(key)`, which reads the value, for each member of the object that begins here.
template <typename Field>
bool members(Cursor &c, Field field) {
  if (!c.take('{')) return c.fail("an object expected");
  if (c.take('}')) return true;
  do {
    Key key;
    bool escaped;
    c.peek();
    if (!c.string(key.from, key.to, escaped)) return false;
    if (!c.take(':')) return c.fail("a ':' expected");
    c.peek();
    if (!field(key)) return false;
  } while (c.take(','));
  return c.take('}') || c.fail("a ',' or '}' expected");
}

/// Calls `element()` for each element of the list that begins here.
template <typename Element>
bool elements(Cursor &c, Element element) {
  if (!c.take('[')) return c.fail("a list expected");
  if (c.take(']')) return true;
  do {
    c.peek();
    if (!element()) return false;
  } while (c.take(','));
  return c.take(']') || c.fail("a ',' or ']' expected");
}

bool begins_number(char c) { return c == '-' || (c >= '0' && c <= '9') || c == 'N' || c == 'I'; }

/// A number into `value`; a value of another type is passed over and noted.
bool real(Cursor &c, double &value, uint32_t &flags, uint32_t bit) {
  flags &= ~(bit | bit << thresh_json_wrong);
  if (!begins_number(c.peek())) {
    flags |= bit << thresh_json_wrong;
    return c.skip();
  }
  int64_t whole;
  bool integer;
  if (!c.number(value, whole, integer)) return false;
  flags |= bit;
  return true;
}

/// A whole number into `value`, written as one or as 1.0.
bool whole(Cursor &c, int64_t &value, uint32_t &flags, uint32_t bit) {
  flags &= ~(bit | bit << thresh_json_wrong);
  if (!begins_number(c.peek())) {
    flags |= bit << thresh_json_wrong;
    return c.skip();
  }
  double d;
  bool integer;
  const char *from = c.at;
  if (!c.number(d, value, integer)) return false;
  if (!integer) {
    // Up to 2^53 every whole number is a double of its own; longer ones are read once more as integers.
    if (d >= -9007199254740992.0 && d <= 9007199254740992.0 && d == static_cast<double>(static_cast<int64_t>(d))) {
      value = static_cast<int64_t>(d);
    } else {
      const auto parsed = std::from_chars(from, c.at, value);
      if (parsed.ec != std::errc() || parsed.ptr != c.at) {
        flags |= bit << thresh_json_wrong;
        return true;
      }
    }
  }
  flags |= bit;
  return true;
}

bool flag(Cursor &c, uint8_t &value, uint32_t &flags, uint32_t bit) {
  if (c.peek() == 't' || c.peek() == 'f') {
    value = c.peek() == 't';
    flags |= bit;
    return c.skip();
  }
  int64_t number = 0;
  if (!whole(c, number, flags, bit)) return false;
  value = number != 0;
  return true;
}

/// Four numbers.
bool box(Cursor &c, double *values, uint32_t &flags) {
  flags &= ~uint32_t(thresh_json_box | thresh_json_box << thresh_json_wrong);
  if (c.peek() != '[') {
    flags |= thresh_json_box << thresh_json_wrong;
    return c.skip();
  }
  int count = 0;
  bool numbers = true;
  const bool read = elements(c, [&] {
    if (!begins_number(c.peek())) {
      numbers = false;
      return c.skip();
    }
    double value;
    int64_t w;
    bool integer;
    if (!c.number(value, w, integer)) return false;
    if (count < 4) values[count] = value;
    count++;
    return true;
  });
  if (!read) return false;
  flags |= numbers && count == 4 ? thresh_json_box : thresh_json_box << thresh_json_wrong;
  return true;
}

bool put_utf8(Cursor &c, List<char> &text, uint32_t code) {
  char bytes[4];
  size_t n;
  if (code < 0x80) {
    bytes[0] = static_cast<char>(code), n = 1;
  } else if (code < 0x800) {
    bytes[0] = static_cast<char>(0xc0 | code >> 6), bytes[1] = static_cast<char>(0x80 | (code & 63));
    n = 2;
  } else if (code < 0x10000) {
    bytes[0] = static_cast<char>(0xe0 | code >> 12);
    bytes[1] = static_cast<char>(0x80 | (code >> 6 & 63)), bytes[2] = static_cast<char>(0x80 | (code & 63));
    n = 3;
  } else {
    bytes[0] = static_cast<char>(0xf0 | code >> 18), bytes[1] = static_cast<char>(0x80 | (code >> 12 & 63));
    bytes[2] = static_cast<char>(0x80 | (code >> 6 & 63)), bytes[3] = static_cast<char>(0x80 | (code & 63));
    n = 4;
  }
  char *to = text.add(c, n);
  if (!to) return false;
  std::memcpy(to, bytes, n);
  return true;
}

/// Four hexadecimal digits at `at`; -1 if there are none.
int32_t hex(const char *at, const char *end) {
  if (end - at < 4) return -1;
  uint32_t value = 0;
  const auto parsed = std::from_chars(at, at + 4, value, 16);
  return parsed.ec == std::errc() && parsed.ptr == at + 4 ? static_cast<int32_t>(value) : -1;
}

bool unescape(Cursor &c, List<char> &text, const char *at, const char *end) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  while (at < end) {
    if (*at != '\\') {
      char *to = text.add(c);
      if (!to) return false;
      *to = *at++;
      continue;
    }
    const char kind = at[1];
    at += 2;
    if (kind != 'u') {
      const char *found = kind ? std::strchr(names, kind) : nullptr;
      if (!found) return c.fail("an unknown escape in a string");
      char *to = text.add(c);
      if (!to) return false;
      *to = values[found - names];
      continue;
    }
    const int32_t unit = hex(at, end);
    if (unit < 0) return c.fail("four hexadecimal digits expected behind \\u");
    at += 4;
    uint32_t code = static_cast<uint32_t>(unit);
    if (unit >= 0xd800 && unit < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
      const int32_t low = hex(at + 2, end);
      if (low >= 0xdc00 && low < 0xe000) {
        code = 0x10000u + (static_cast<uint32_t>(unit - 0xd800) << 10) + static_cast<uint32_t>(low - 0xdc00);
        at += 6;
      }
    }
    // A surrogate alone has no UTF-8.
    if (!put_utf8(c, text, code >= 0xd800 && code < 0xe000 ? 0xfffd : code)) return false;
  }
  return true;
}

/// A string into `text`.
bool name(Cursor &c, List<char> &text, size_t &at, size_t &length, uint32_t &flags, uint32_t bit) {
  if (c.peek() != '"') {
    flags |= bit << thresh_json_wrong;
    return c.skip();
  }
  const char *from, *to;
  bool escaped;
  if (!c.string(from, to, escaped)) return false;
  at = text.count;
  if (escaped) {
    if (!unescape(c, text, from, to)) return false;
  } else if (to > from) {
    char *room = text.add(c, static_cast<size_t>(to - from));
    if (!room) return false;
    std::memcpy(room, from, static_cast<size_t>(to - from));
  }
  length = text.count - at;
  flags |= bit;
  return true;
}

bool pixels(Cursor &c, int32_t &value, uint32_t &flags) {
  int64_t number = 0;
  uint32_t own = 0;
  if (!whole(c, number, own, thresh_json_size)) return false;
  if (!(own & thresh_json_size) || number < 0 || number > 1 << 30) {
    flags |= thresh_json_size << thresh_json_wrong;
    return true;
  }
  value = static_cast<int32_t>(number);
  flags |= thresh_json_size;
  return true;
}

bool entry(Cursor &c, List<thresh_json_entry> &list, List<char> &text) {
  thresh_json_entry e{};
  e.at = c.offset();
  if (c.peek() != '{') return c.fail("an object expected");
  const bool read = members(c, [&](const Key &key) {
    if (key.is("id")) return whole(c, e.id, e.flags, thresh_json_id);
    if (key.is("width")) return pixels(c, e.width, e.flags);
    if (key.is("height")) return pixels(c, e.height, e.flags);
    if (key.is("file_name") || key.is("name"))
      return name(c, text, e.name, e.name_length, e.flags, thresh_json_name);
    if (key.is("supercategory")) {
      uint32_t own = 0;
      return name(c, text, e.group, e.group_length, own, thresh_json_name);
    }
    return c.skip();
  });
  if (!read) return false;
  auto *to = list.add(c);
  if (to) *to = e;
  return to != nullptr;
}

bool object(Cursor &c, List<thresh_json_object> &list) {
  thresh_json_object o{};
  o.at = c.offset();
  const bool read = members(c, [&](const Key &key) {
    if (key.is("id")) return whole(c, o.id, o.flags, thresh_json_id);
    if (key.is("image_id")) return whole(c, o.image, o.flags, thresh_json_image);
    if (key.is("category_id")) return whole(c, o.category, o.flags, thresh_json_category);
    if (key.is("bbox")) return box(c, o.box, o.flags);
    if (key.is("area")) return real(c, o.area, o.flags, thresh_json_area);
    if (key.is("iscrowd")) return flag(c, o.crowd, o.flags, thresh_json_crowd);
    if (key.is("ignore")) return flag(c, o.ignore, o.flags, thresh_json_ignore);
    if (key.is("segmentation")) {
      o.segmentation = c.offset();
      o.flags |= thresh_json_segmentation;
    }
    return c.skip();
  });
  if (!read) return false;
  auto *to = list.add(c);
  if (to) *to = o;
  return to != nullptr;
}

/// A detection as an object, or as a row of 7 numbers.
bool detection(Cursor &c, List<thresh_json_detection> &list) {
  thresh_json_detection d{};
  d.at = c.offset();
  bool read;
  if (c.peek() == '[') {
    double row[7];
    int count = 0;
    read = elements(c, [&] {
      int64_t w;
      bool integer;
      double value;
      if (!c.number(value, w, integer)) return false;
      if (count < 7) row[count] = value;
      count++;
      return true;
    });
    if (read && count != 7) return c.fail("a row of 7 numbers expected: image, x, y, width, height, score, category");
    if (read) {
      const bool ids = row[0] == static_cast<double>(static_cast<int64_t>(row[0])) &&
                       row[6] == static_cast<double>(static_cast<int64_t>(row[6]));
      if (!ids) return c.fail("ids of the image and the category must be whole numbers");
      d.image = static_cast<int64_t>(row[0]), d.category = static_cast<int64_t>(row[6]);
      std::memcpy(d.box, row + 1, sizeof d.box);
      d.score = row[5];
      d.flags = thresh_json_image | thresh_json_category | thresh_json_box | thresh_json_score;
    }
  } else {
    read = members(c, [&](const Key &key) {
      if (key.is("image_id")) return whole(c, d.image, d.flags, thresh_json_image);
      if (key.is("category_id")) return whole(c, d.category, d.flags, thresh_json_category);
      if (key.is("bbox")) return box(c, d.box, d.flags);
      if (key.is("score")) return real(c, d.score, d.flags, thresh_json_score);
      return c.skip();
    });
  }
  if (!read) return false;
  auto *to = list.add(c);
  if (to) *to = d;
  return to != nullptr;
}

bool at_end(Cursor &c) { return c.peek() == 0 && c.at == c.end ? true : c.fail("more text behind the end"); }

}  // namespace

thresh_json_annotations thresh_json_read_annotations(
  const char *text, size_t length, thresh_json_passed passed) {
  Cursor c(text, length);
  const char *told = text;
  List<thresh_json_entry> images, categories;
  List<thresh_json_object> objects;
  List<char> names;
  thresh_json_annotations file{};
  c.peek();
  members(c, [&](const Key &key) {
    if (key.is("images")) {
      file.lists |= thresh_json_image;
      return elements(c, [&] { return entry(c, images, names); });
    }
    if (key.is("categories")) {
      file.lists |= thresh_json_category;
      return elements(c, [&] { return entry(c, categories, names); });
    }
    if (key.is("annotations")) {
      file.lists |= thresh_json_box;
      return elements(c, [&] {
        if (passed && c.at - told > 16 << 20) {
          passed(told, static_cast<size_t>(c.at - told));
          told = c.at;
        }
        return object(c, objects);
      });
    }
    return c.skip();
  }) && at_end(c);
  file.images = images.records, file.image_count = images.count;
  file.categories = categories.records, file.category_count = categories.count;
  file.objects = objects.records, file.object_count = objects.count;
  file.text = names.records, file.text_length = names.count;
  file.error = c.error;
  return file;
}

void thresh_json_free_annotations(thresh_json_annotations *file) {
  std::free(file->images);
  std::free(file->categories);
  std::free(file->objects);
  std::free(file->text);
  *file = {};
}

thresh_json_results thresh_json_read_results(const char *text, size_t length) {
  Cursor c(text, length);
  List<thresh_json_detection> detections;
  const auto all = [&] { return elements(c, [&] { return detection(c, detections); }); };
  if (c.peek() == '{') {
    bool found = false;
    const bool read = members(c, [&](const Key &key) {
      if (!key.is("annotations")) return c.skip();
      found = true;
      return all();
    });
    if (read && !found) c.fail("an object without 'annotations'; a list of detections expected");
    if (read) at_end(c);
  } else if (all()) {
    at_end(c);
  }
  return {detections.records, detections.count, c.error};
}

void thresh_json_free_results(thresh_json_results *file) {
  std::free(file->detections);
  *file = {};
}

size_t thresh_json_skip(const char *text, size_t length, size_t at, thresh_json_error *error) {
  Cursor c(text, length);
  c.at = text + (at < length ? at : length);
  c.skip();
  *error = c.error;
  return c.failed() ? 0 : c.offset();
}

size_t thresh_json_number(const char *text, size_t length, size_t at, double *value) {
  Cursor c(text, length);
  c.at = text + (at < length ? at : length);
  int64_t w;
  bool integer;
  if (!begins_number(c.peek()) || !c.number(*value, w, integer)) return 0;
  return c.offset();
}
