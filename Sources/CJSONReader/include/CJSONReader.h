// SPDX-License-Identifier: Apache-2.0
// COCO files as columns, in one pass over their text.
//
// Records are read leniently: what is missing or of another type is told by `flags`, so that a caller can
// report every problem of a file. What is not JSON ends the pass. Fields that are not asked for, such as
// polygons, are skipped without building anything. Numbers are the doubles nearest to their decimals.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a text is not JSON of this form; `message` is null when it is.
typedef struct {
  const char *message;
  size_t at;
} thresh_json_error;

/// Bits of `flags` of a record: which fields it has as they should be …
enum {
  thresh_json_id = 1,
  thresh_json_image = 2,
  thresh_json_category = 4,
  thresh_json_box = 8,
  thresh_json_score = 16,
  thresh_json_area = 32,
  thresh_json_crowd = 64,
  thresh_json_ignore = 128,
  thresh_json_name = 256,
  thresh_json_size = 512,
  thresh_json_segmentation = 1024,
  // … and, shifted by 16, which it has of another type, or a box of other than four numbers.
  thresh_json_wrong = 16,
};

/// A detection of a results file.
typedef struct {
  int64_t image, category;
  double box[4], score;
  size_t at;
  uint32_t flags;
} thresh_json_detection;

/// An object of an annotation file. `segmentation`: where its value begins.
typedef struct {
  int64_t id, image, category;
  double box[4], area;
  size_t at, segmentation;
  uint32_t flags;
  uint8_t crowd, ignore;
} thresh_json_object;

/// An image or a category. Names are UTF-8 in `text` of the file's columns.
typedef struct {
  int64_t id;
  int32_t width, height;
  size_t name, name_length, group, group_length;
  size_t at;
  uint32_t flags;
} thresh_json_entry;

typedef struct {
  thresh_json_entry *images;
  size_t image_count;
  thresh_json_entry *categories;
  size_t category_count;
  thresh_json_object *objects;
  size_t object_count;
  char *text;
  size_t text_length;
  /// Which of the three lists there were: thresh_json_image, thresh_json_category, thresh_json_box.
  uint32_t lists;
  thresh_json_error error;
} thresh_json_annotations;

typedef struct {
  thresh_json_detection *detections;
  size_t count;
  thresh_json_error error;
} thresh_json_results;

/// Told of bytes that will not be read again, from time to time; may be null.
typedef void (*thresh_json_passed)(const char *text, size_t length);

/// Reads an annotation file. To be given to thresh_json_free_annotations, whatever the error.
thresh_json_annotations thresh_json_read_annotations(
  const char *text, size_t length, thresh_json_passed passed);
void thresh_json_free_annotations(thresh_json_annotations *file);

/// Reads results: an array of detections, or an object that has them as "annotations"; or rows of 7
/// numbers (image, x, y, width, height, score, category).
thresh_json_results thresh_json_read_results(const char *text, size_t length);
void thresh_json_free_results(thresh_json_results *file);

/// The end of the JSON value at `at`, or 0 and the error.
size_t thresh_json_skip(const char *text, size_t length, size_t at, thresh_json_error *error);

/// The number at `at` and where it ends; 0 if there is none.
size_t thresh_json_number(const char *text, size_t length, size_t at, double *value);

#ifdef __cplusplus
}
#endif
