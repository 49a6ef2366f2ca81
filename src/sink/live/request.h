// WriteRequest: one BatchWriteItem with the items in it, through all its attempts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/clock.h"

namespace itemize::sink {

/// What stands around an item's attribute map.
inline constexpr std::string_view kPutFrameBefore = R"({"PutRequest":{"Item":)";
inline constexpr std::string_view kPutFrameAfter = "}}";

/// An item (or a delete) on its way in.
struct WriteItem {
  std::string_view text;       ///< Framed: {"PutRequest":{"Item":...}} or {"DeleteRequest":{"Key":...}}
  std::string_view key;
  std::string_view origin;
  std::uint32_t item_size = 0;
  std::uint32_t item_type = 0;
};

/// Holds its own copy of everything: nothing outside has to live until the answer comes. Reused for other items after clear().
class WriteRequest {
 public:
  struct Entry {
    std::uint32_t text_begin = 0;   // in body_
    std::uint32_t text_size = 0;
    std::uint32_t key_begin = 0;    // in keys_
    std::uint32_t key_size = 0;
    std::uint32_t origin_begin = 0; // in origins_
    std::uint32_t origin_size = 0;
    std::uint32_t item_size = 0;
    std::uint32_t item_type = 0;
    std::uint64_t key_hash = 0;
  };

  /// Starts anew: `head` is the JSON up to the first item.
  void start(std::size_t table, std::string_view head);
  void add(const WriteItem& item, std::uint64_t key_hash);
  /// Closes the JSON. Nothing is added after that.
  void seal() { body_.append("]}}"); }
  /// The same for a PutItem with its one item.
  void seal_put() { body_.append('}'); }
  /// A sealed PutItem under another head.
  void replace_head(std::string_view head);

  /// Keeps the entries for which keep[i] is true, and builds the body anew (sealed).
  void retain(const std::vector<bool>& keep, std::string_view head);
  /// The entries [begin, end) of `other` as a sealed request of their own.
  void take_part(const WriteRequest& other, std::size_t begin, std::size_t end, std::string_view head);

  std::size_t table() const { return table_; }
  std::span<const Entry> entries() const { return entries_; }
  std::string_view body() const { return body_.view(); }
  std::size_t bytes() const { return body_.size() + keys_.size() + origins_.size(); }
  std::string_view text(const Entry& entry) const { return body_.view(entry.text_begin, entry.text_size); }
  std::string_view key(const Entry& entry) const { return keys_.view(entry.key_begin, entry.key_size); }
  std::string_view origin(const Entry& entry) const { return origins_.view(entry.origin_begin, entry.origin_size); }
  WriteItem item(const Entry& entry) const { return {text(entry), key(entry), origin(entry), entry.item_size, entry.item_type}; }
  /// Write capacity units by the rule of the Developer Guide: each item rounded up to 1 KB.
  double write_units() const;

  // The story of its attempts.
  unsigned attempts = 0;            ///< Since the last progress: decides the backoff.
  bool sent_before = false;
  bool announced = false;           ///< before_send was called.
  bool unknown_noted = false;
  bool is_put = false;              ///< A PutItem of one item, not a BatchWriteItem.
  std::uint64_t content = 0;        ///< Of its item: content_of.
  double units = 0;                 ///< Taken from the rate for the present attempt.
  Clock::Instant sent_at{};
  Clock::Instant not_before{};

 private:
  std::size_t table_ = 0;
  Buffer body_;
  Buffer keys_;
  Buffer origins_;
  Buffer spare_;                    // the next body, while the present one is still read
  std::vector<Entry> entries_;
};

}  // namespace itemize::sink
