// Document: a YAML file as a bounded tree whose every node knows its place. yaml-cpp stays in document.cpp.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace itemize::model {

enum class NodeKind : std::uint8_t { null, scalar, sequence, map };

/// What a scalar is under YAML 1.2's core schema (chapter 10.3.2): quoted ones are text, `no` and `on` are text.
enum class ScalarKind : std::uint8_t { text, boolean, integer, real };

struct Node {
  struct Entry {
    const Node* key;
    const Node* value;
  };
  NodeKind kind = NodeKind::null;
  bool plain = false;                  ///< A scalar without quotes, whose text decides its type.
  bool flow = false;                   ///< Written with braces or brackets.
  std::string text;                    ///< Of a scalar.
  Place place;
  std::vector<const Node*> elements;
  std::vector<Entry> entries;          ///< In the file's order; duplicates still in it.
  std::size_t weight = 1;              ///< Nodes below and including this one, aliases counted each time.
};

ScalarKind scalar_kind(const Node& node);

/// One parsed file. Nodes live as long as it; an alias is the same Node again.
class Document {
 public:
  /// Larger files are refused: a model of a thousand tables has about half a megabyte.
  static constexpr std::size_t max_bytes = 8 * 1024 * 1024;
  /// Nodes with every alias expanded: bounds what a "billion laughs" file can cost.
  static constexpr std::size_t max_nodes = 1'000'000;

  /// Appends what is wrong to `findings`. nullptr where the text cannot be used at all (not UTF-8, not YAML, too large).
  static std::unique_ptr<Document> parse(std::string_view text, std::vector<Finding>& findings);

  /// nullptr where the file is empty or holds comments only.
  const Node* root() const { return root_; }

 private:
  friend class TreeBuilder;
  std::deque<Node> nodes_;
  const Node* root_ = nullptr;
};

}  // namespace itemize::model
