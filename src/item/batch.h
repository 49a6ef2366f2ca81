// ItemBatch: what transform hands down to a sink: puts and deletes as DynamoDB JSON text, each with where it came from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"

namespace itemize::item {

/// Bytes that a sink wants around each item's attribute map, so that transform writes its output once, in place.
/// Files: `{"Item":` ... `}\n`; BatchWriteItem: `{"PutRequest":{"Item":` ... `}}`.
struct Framing {
  std::string_view before;
  std::string_view after;
  bool want_keys = true;     ///< False: the sink needs no key and no origin text (files).
};

/// One item to be put. Offsets are into the buffers of the TableItems that holds it.
struct Put {
  std::size_t text_begin = 0;    ///< Framed text in `text`: before + {"attr":{"S":"..."},...} + after
  std::uint32_t text_size = 0;
  std::uint32_t item_size = 0;   ///< Bytes as DynamoDB counts the item (for WCU and the 400 KB limit).
  std::size_t key_begin = 0;     ///< Primary key in `keys`: {"PK":{"S":"..."},"SK":{"S":"..."}}, key attributes in the table's order
  std::uint32_t key_size = 0;
  std::uint32_t origin_size = 0;
  std::size_t origin_begin = 0;  ///< Origin in `origins`: opaque to the sink; comes back in the Outcome.
  std::uint32_t item_type = 0;   ///< Index of the item type in the model: counted by, never interpreted by, the sink.
};

/// The items of one DynamoDB table in a batch. Texts stand one after another in `text`, in the order of `puts`.
struct TableItems {
  Buffer text;
  Buffer keys;
  Buffer origins;
  std::vector<Put> puts;

  std::string_view framed(const Put& put) const { return text.view(put.text_begin, put.text_size); }
  std::string_view key(const Put& put) const { return keys.view(put.key_begin, put.key_size); }
  std::string_view origin(const Put& put) const { return origins.view(put.origin_begin, put.origin_size); }
  void clear() {
    text.clear();
    keys.clear();
    origins.clear();
    puts.clear();
  }
};

/// One entry for each table of the model, by its index there; most are empty most of the time.
struct ItemBatch {
  std::vector<TableItems> tables;
  void clear() {
    for (TableItems& table : tables) table.clear();
  }
};

}  // namespace itemize::item
