// Helpers of the model's tests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace itemize::model::testing {

/// A small model that is right; tests change one line of it.
inline std::vector<std::string> good_lines() {
  return {
      "itemize: 1",                                                                          // 1
      "source: sqlite:shop.db",                                                              // 2
      "tables:",                                                                             // 3
      "  shop:",                                                                             // 4
      "    partition_key: { PK: S }",                                                        // 5
      "    sort_key: { SK: S }",                                                             // 6
      "    global_secondary_indexes: { by_mail: { partition_key: { MAIL: S } } }",           // 7
      "items:",                                                                              // 8
      "  Order:",                                                                            // 9
      "    table: shop",                                                                     // 10
      "    from: orders",                                                                    // 11
      "    key: { PK: \"ORDER#{id}\", SK: META }",                                           // 12
      "    index_keys: { by_mail: { MAIL: \"{mail}\" } }",                                   // 13
      "    set: { type: Order }",                                                            // 14
      "",                                                                                    // 15
  };
}

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// good_lines() with line `number` replaced (it may hold line breaks).
inline std::string good_but(int number, std::string_view line) {
  auto lines = good_lines();
  lines.at(static_cast<std::size_t>(number) - 1) = line;
  return joined(lines);
}

/// Findings as people see them, without the file's name; one or two lines each.
inline std::string to_text(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    std::string one = to_string(finding, "");
    if (one.starts_with(":")) one.erase(0, 1);
    if (one.starts_with(" ")) one.erase(0, 1);
    text += one + "\n";
  }
  return text;
}

}  // namespace itemize::model::testing
