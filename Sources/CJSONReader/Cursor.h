// SPDX-License-Identifier: Apache-2.0
// Tokens of JSON.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>

#include "CJSONReader.h"

namespace thresh {

/// Deeper nesting than this is refused: skipping keeps no stack, but nobody nests so deep by intention.
constexpr int most_depth = 1000;

struct Cursor {
  const char *begin, *end, *at;
  thresh_json_error error{nullptr, 0};

  Cursor(const char *text, size_t length) : begin(text), end(text + length), at(text) {
    if (length >= 3 && std::memcmp(text, "\xef\xbb\xbf", 3) == 0) at += 3;
  }

  bool failed() const { return error.message != nullptr; }
  size_t offset() const { return static_cast<size_t>(at - begin); }

  bool fail(const char *message) {
    if (!error.message) error = {message, offset()};
    return false;
  }

  /// The next byte that is no blank; 0 at the end.
  char peek() {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at < end ? *at : 0;
  }

  bool take(char c) {
    if (peek() != c) return false;
    at++;
    return true;
  }

  bool word(const char *text) {
    const size_t length = std::strlen(text);
    if (static_cast<size_t>(end - at) < length || std::memcmp(at, text, length) != 0) return false;
    at += length;
    return true;
  }

  /// Behind the string that begins here; its raw bytes are between the quotes.
  bool string(const char *&from, const char *&to, bool &escaped) {
    if (!take('"')) return fail("a string expected");
    from = at;
    escaped = false;
    for (;;) {
      while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) at++;
      if (at == end) return fail("the text ends in a string");
      if (*at == '"') break;
      if (*at != '\\') return fail("a control character in a string");
      if (end - at < 2) return fail("the text ends in a string");
      escaped = true;
      at += 2;
    }
    to = at++;
    return true;
  }

  /// A number as JSON has them, and NaN, Infinity and -Infinity as Python writes them. `integer`: whether
  /// it has neither point nor exponent and fits; then `whole` is its value.
  bool number(double &value, int64_t &whole, bool &integer) {
    const char *from = at;
    integer = false;
    const bool negative = at < end && *at == '-';
    if (negative) at++;
    if (at < end && (*at < '0' || *at > '9')) {
      if (word("Infinity")) {
        value = negative ? -__builtin_inf() : __builtin_inf();
        return true;
      }
      if (!negative && word("NaN")) {
        value = __builtin_nan("");
        return true;
      }
    }
    uint64_t digits = 0;
    int count = 0, exponent = 0;
    const char *first = at;
    while (at < end && *at >= '0' && *at <= '9') digits = digits * 10 + uint64_t(*at++ - '0');
    const auto whole_digits = at - first;
    if (whole_digits == 0) return at = from, fail("a value expected");
    if (whole_digits > 1 && *first == '0') return at = from, fail("a number begins with 0");
    bool plain = true;
    if (at < end && *at == '.') {
      plain = false;
      const char *point = ++at;
      while (at < end && *at >= '0' && *at <= '9') digits = digits * 10 + uint64_t(*at++ - '0');
      exponent = -static_cast<int>(at - point < 1000000 ? at - point : 1000000);
      if (at == point) return fail("a digit expected behind the point");
    }
    count = static_cast<int>(at - first < 1000 ? at - first : 1000) - (plain ? 0 : 1);
    if (at < end && (*at == 'e' || *at == 'E')) {
      plain = false;
      at++;
      bool down = false;
      if (at < end && (*at == '+' || *at == '-')) down = *at++ == '-';
      const char *power = at;
      int e = 0;
      while (at < end && *at >= '0' && *at <= '9') {
        if (e < 100000) e = e * 10 + (*at - '0');
        at++;
      }
      if (at == power) return fail("a digit expected in the exponent");
      exponent += down ? -e : e;
    }
    if (plain && count <= 18) {
      integer = true;
      whole = negative ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
    }
    static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    // Both are exact, so that one rounding gives the nearest double (Clinger 1990).
    if (count <= 19 && digits <= (uint64_t(1) << 53) && exponent >= -22 && exponent <= 22) {
      const double d = static_cast<double>(digits);
      value = exponent < 0 ? d / powers[-exponent] : d * powers[exponent];
      if (negative) value = -value;
      return true;
    }
    const auto parsed = std::from_chars(from, at, value);
    if (parsed.ec == std::errc::result_out_of_range) {
      // Too large, or too small to be told from 0.
      const bool large = exponent + count > 0;
      value = large ? __builtin_inf() : 0;
      if (negative) value = -value;
    } else if (parsed.ec != std::errc() || parsed.ptr != at) {
      return at = from, fail("a number expected");
    }
    return true;
  }

  /// Behind any value, which is checked for its brackets and strings alone.
  bool skip() {
    switch (peek()) {
      case '"': {
        const char *from, *to;
        bool escaped;
        return string(from, to, escaped);
      }
      case '{':
      case '[':
        return skip_nested();
      case 't':
        return word("true") || fail("a value expected");
      case 'f':
        return word("false") || fail("a value expected");
      case 'n':
        return word("null") || fail("a value expected");
      default: {
        double value;
        int64_t whole;
        bool integer;
        return number(value, whole, integer);
      }
    }
  }

 private:
  bool skip_nested() {
    char open[most_depth];
    int depth = 0;
    do {
      // Numbers, words, commas and colons pass unread.
      while (at < end && *at != '"' && *at != '[' && *at != ']' && *at != '{' && *at != '}') at++;
      if (at == end) return fail("the text ends in a list or an object");
      switch (*at) {
        case '"': {
          const char *from, *to;
          bool escaped;
          if (!string(from, to, escaped)) return false;
          break;
        }
        case '[':
        case '{':
          if (depth == most_depth) return fail("lists or objects are nested too deep");
          open[depth++] = *at++;
          break;
        default:
          if ((*at == ']') != (open[depth - 1] == '[')) return fail("brackets do not match");
          depth--;
          at++;
      }
    } while (depth > 0);
    return true;
  }
};

}  // namespace thresh
