// SPDX-License-Identifier: Apache-2.0
// Built on yaml-cpp's events instead of its nodes: those drop duplicate keys and the places of
// keys, and expand aliases without bound.
#include "sim/config/parser.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/config/text_check.h"

namespace brownout::config {
namespace {

// YAML allows 1024 characters; escaping must not take a key beyond that when it is written again.
constexpr std::size_t kLongestKey = 200;

// A finished value with what is needed to bound its copies.
struct Sized {
  Node node;
  std::size_t nodes = 1;
  int height = 1;
};

// A list or mapping whose end has not come yet.
struct Open {
  Sized value;
  YAML::anchor_t anchor = 0;
  std::optional<Entry> pending;
  std::unordered_map<std::string, Spot> keys;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const Source& source, const std::string& prefix, LoadState& state)
      : source_(source), prefix_(prefix), state_(state) {
    root_.spot = {&source, 0, 0};
  }

  [[nodiscard]] Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) throw YAML::ParserException(mark, "a second document begins here");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    close({node(NodeKind::kNull, mark)}, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = node(NodeKind::kScalar, mark);
    scalar.text = value;
    scalar.quoted = tag == "!";
    if (!scalar.quoted) reject_tag(tag, scalar.spot);
    close({std::move(scalar)}, anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::kList, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::kMapping, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close_top(); }
  void OnMapEnd() override { close_top(); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end()) throw YAML::ParserException(mark, "an alias within its anchor");
    spend(target->second.nodes, mark);
    require_depth(target->second.height, mark);
    close(target->second, 0);
  }

 private:
  [[nodiscard]] Spot spot(const YAML::Mark& mark) const {
    if (source_.is_override) return {&source_, 0, 0};
    return {&source_, mark.line + 1, mark.column + 1};
  }

  [[nodiscard]] static YAML::Mark mark_of(const Spot& spot) {
    YAML::Mark mark;
    mark.line = spot.line - 1;
    mark.column = spot.column - 1;
    return mark;
  }

  [[nodiscard]] Node node(NodeKind kind, const YAML::Mark& mark) {
    spend(1, mark);
    Node made;
    made.kind = kind;
    made.spot = spot(mark);
    return made;
  }

  void spend(std::size_t nodes, const YAML::Mark& mark) {
    if (nodes > state_.nodes_left) {
      throw YAML::ParserException(mark, fmt::format("more than {} values", kMostNodes));
    }
    state_.nodes_left -= nodes;
  }

  void require_depth(int height, const YAML::Mark& mark) const {
    if (static_cast<int>(open_.size()) + height > kDeepest) {
      throw YAML::ParserException(mark, fmt::format("nested deeper than {} levels", kDeepest));
    }
  }

  // Path of the value being read.
  [[nodiscard]] std::string path() const {
    std::string joined = prefix_;
    for (const Open& level : open_) {
      if (level.value.node.kind == NodeKind::kList) {
        joined = join_path(joined, std::to_string(level.value.node.items.size()));
      } else if (level.pending) {
        joined = join_path(joined, level.pending->key);
      }
    }
    return joined;
  }

  void reject_tag(const std::string& tag, const Spot& where) {
    if (tag.empty() || tag == "?") return;
    state_.diagnostics.add(where, path(), found_message("tag " + quote(tag), "no tags"));
  }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    require_depth(1, mark);
    Open level;
    level.value.node = node(kind, mark);
    level.anchor = anchor;
    reject_tag(tag, level.value.node.spot);
    open_.push_back(std::move(level));
  }

  void close_top() {
    Open top = std::move(open_.back());
    open_.pop_back();
    close(std::move(top.value), top.anchor);
  }

  void close(Sized value, YAML::anchor_t anchor) {
    if (anchor != 0) {
      spend(value.nodes, mark_of(value.node.spot));
      anchors_.insert_or_assign(anchor, value);
    }
    if (open_.empty()) {
      root_ = std::move(value.node);
    } else if (Open& top = open_.back();
               top.value.node.kind == NodeKind::kMapping && !top.pending) {
      begin_entry(top, value.node);
    } else {
      add_child(top, std::move(value));
    }
  }

  static void begin_entry(Open& top, const Node& key) {
    const YAML::Mark mark = mark_of(key.spot);
    if (key.kind != NodeKind::kScalar || key.text.empty()) {
      throw YAML::ParserException(mark, "a key must be a word");
    }
    if (key.text.size() > kLongestKey) {
      throw YAML::ParserException(mark, fmt::format("a key longer than {} bytes", kLongestKey));
    }
    top.pending = Entry{key.text, key.spot, {}};
  }

  void add_child(Open& top, Sized value) {
    top.value.nodes += value.nodes;
    top.value.height = std::max(top.value.height, value.height + 1);
    if (top.value.node.kind == NodeKind::kList) {
      top.value.node.items.push_back(std::move(value.node));
      return;
    }
    const std::string where = path();
    Entry entry = std::move(*top.pending);
    top.pending.reset();
    const auto [first, is_new] = top.keys.emplace(entry.key, entry.key_spot);
    if (entry.key == "<<") {
      state_.diagnostics.add(entry.key_spot, where, found_message("a merge key", "include"));
    } else if (!is_new) {
      state_.diagnostics.add(
          entry.key_spot, where,
          fmt::format("given again, first at {}, allowed: once", to_string(first->second.place())));
    } else {
      entry.value = std::move(value.node);
      top.value.node.entries.push_back(std::move(entry));
    }
  }

  const Source& source_;
  const std::string& prefix_;
  LoadState& state_;
  int documents_ = 0;
  Node root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Sized> anchors_;
};

}  // namespace

std::optional<Node> parse_yaml(const std::string& text, const Source& source,
                               const std::string& prefix, LoadState& state) {
  const auto reject = [&](int line, int column, const std::string& message) {
    const bool placed = !source.is_override && line > 0;
    state.diagnostics.add({&source, placed ? line : 0, placed ? column : 0}, prefix, message);
    return std::nullopt;
  };
  if (const auto problem = check_text(text)) {
    return reject(problem->line, problem->column, problem->message);
  }
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder(source, prefix, state);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_root();
  } catch (const YAML::Exception& error) {
    return reject(error.mark.line + 1, error.mark.column + 1,
                  "cannot be parsed as YAML: " + error.msg);
  }
}

}  // namespace brownout::config
