// WrittenContents: what earlier processes of this migration wrote into tables where foreign items stay (on_existing_items: keep).
//
// Beside its key log, each writer keeps one number for each item it sends, of table, key and content. An item that is found under a
// key is ours exactly where its number was written down.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/file.h"

namespace itemize::pipeline {

/// The number of an item; `content` is sink::content_of.
std::uint64_t written_number(std::size_t table, std::string_view key, std::uint64_t content);

/// All numbers of some logs, sorted in an unnamed file that the kernel may page out: memory stays flat. Thread-safe.
class WrittenContents {
 public:
  WrittenContents() = default;
  /// `folder`: for the file; must exist. A torn last number is left out.
  static Result<WrittenContents> open(std::span<const std::string> logs, const std::string& folder);
  WrittenContents(WrittenContents&& other) noexcept;
  WrittenContents& operator=(WrittenContents&& other) noexcept;
  ~WrittenContents();

  bool contains(std::uint64_t number) const;
  std::size_t size() const { return size_; }

 private:
  const std::uint64_t* numbers_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace itemize::pipeline
