// SPDX-License-Identifier: Apache-2.0
// Codes of ONNX Runtime beside ours, counted by operation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/graph.h"
#include "tests/judge/judge.h"

namespace brownout::judge {

/// How codes differ.
struct Difference {
  std::uint64_t codes = 0;
  std::uint64_t lower = 0;   ///< the judge's by one
  std::uint64_t higher = 0;  ///< the judge's by one
  std::uint64_t larger = 0;  ///< by more than one
  int largest = 0;

  void add(const std::vector<std::uint8_t>& ours, const std::vector<std::uint8_t>& judge);
  void add(const Difference& other);
  /// Of codes that differ.
  [[nodiscard]] double share() const;
  [[nodiscard]] std::string text() const;
};

using DifferenceByOperation = std::map<std::string, Difference>;

/// Each node by itself, on the codes that the judge's nodes before it gave.
void add_node_by_node(const models::Graph& graph, const Verdict& verdict,
                      DifferenceByOperation& difference);

/// Largest difference of the last layer's real results on the judge's codes, in units of the
/// largest of them; 0 where the network ends in codes.
[[nodiscard]] double logit_error(const models::Graph& graph, const Verdict& verdict);

}  // namespace brownout::judge
