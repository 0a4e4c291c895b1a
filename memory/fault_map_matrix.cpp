// SPDX-License-Identifier: Apache-2.0
// Fault maps as matrices of 0 and 1 (layer 2).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "memory/fault_map_text.h"
#include "sim/core/error.h"

namespace brownout::memory::map_text {
namespace {

constexpr std::string_view kVoltage = "voltage";
constexpr std::uint32_t kMostBlocks = 1U << 24U;

bool begins_matrix(const Word& line) {
  return line.text.substr(0, kVoltage.size()) == kVoltage && line.text.size() > kVoltage.size() &&
         (line.text[kVoltage.size()] == ' ' || line.text[kVoltage.size()] == '\t');
}

/// A matrix: its head and the digits below it.
struct Matrix {
  Word voltage;
  std::uint32_t block = 0;
  Spot spot;
  std::vector<Word> lines;
};

/// `voltage 0.54 V block 3` taken apart.
Matrix read_head(const Input& input, const Word& line) {
  const std::size_t at = line.text.rfind("block");
  if (at == std::string_view::npos) {
    input.fail(line.spot, line.text, "'voltage V block N', as in 'voltage 0.54 V block 3'");
  }
  const auto piece = [&](std::size_t begin, std::size_t end) {
    return trimmed(
        {line.text.substr(begin, end - begin), {line.spot.line, line.spot.column + begin}});
  };
  const Word block = piece(at + 5, line.text.size());
  return {piece(kVoltage.size(), at),
          read_count(input, block, "a block", kMostBlocks - 1),
          line.spot,
          {}};
}

std::vector<Matrix> collect(const Input& input) {
  std::vector<Matrix> matrices;
  for (const Word& line : input.lines) {
    if (begins_matrix(line)) {
      matrices.push_back(read_head(input, line));
    } else {
      matrices.back().lines.push_back(line);  // is_matrix: the first line begins one
    }
  }
  return matrices;
}

/// The digits of a line with where they stand.
std::vector<Word> digits_of(const Input& input, const Word& line) {
  std::vector<Word> digits;
  for (std::size_t i = 0; i < line.text.size(); ++i) {
    const char c = line.text[i];
    const Spot spot{line.spot.line, line.spot.column + i};
    if (c == ' ' || c == '\t' || c == ',') continue;
    if (c != '0' && c != '1') input.fail(spot, line.text.substr(i, 1), "0 or 1");
    digits.push_back({line.text.substr(i, 1), spot});
  }
  return digits;
}

/// As stated, or as the matrices show.
MapGeometry geometry_of(const Input& input, const std::vector<Matrix>& matrices) {
  const Matrix& first = matrices.front();
  if (first.lines.empty()) input.fail(first.spot, "no rows", "lines of 0 and 1 below");
  MapGeometry geometry{1, static_cast<std::uint32_t>(first.lines.size()),
                       static_cast<std::uint32_t>(digits_of(input, first.lines.front()).size())};
  for (const Matrix& matrix : matrices)
    geometry.blocks = std::max(geometry.blocks, matrix.block + 1);
  if (input.geometry && *input.geometry != geometry) {
    input.fail(first.spot, fmt::format("matrices of {}", geometry.text()),
               fmt::format("{} as stated", input.geometry->text()));
  }
  try {
    check_geometry(geometry);
  } catch (const InputError& error) {
    throw InputError(input.name + ": " + error.what());
  }
  return geometry;
}

void read_matrix(const Input& input, const MapGeometry& geometry, const Matrix& matrix,
                 MapBuilder& builder) {
  MapLevel& level = builder.level(matrix.voltage);
  if (matrix.lines.size() != geometry.rows) {
    input.fail(matrix.spot, fmt::format("{} rows", matrix.lines.size()),
               fmt::format("{}, as the first matrix has", geometry.rows));
  }
  for (std::uint32_t row = 0; row < geometry.rows; ++row) {
    const std::vector<Word> digits = digits_of(input, matrix.lines[row]);
    if (digits.size() != geometry.word_bits) {
      input.fail(matrix.lines[row].spot, fmt::format("{} digits", digits.size()),
                 fmt::format("{}, as the first line has", geometry.word_bits));
    }
    for (std::uint32_t bit = 0; bit < geometry.word_bits; ++bit) {
      if (digits[bit].text == "0") continue;
      const auto cell = static_cast<std::uint32_t>(geometry.cell({matrix.block, row, bit}));
      builder.add(level, {cell, ReadsAs::kUnknown, 0}, digits[bit].spot);
    }
  }
}

}  // namespace

bool is_matrix(const Input& input) {
  return !input.lines.empty() && begins_matrix(input.lines.front()) &&
         input.lines.front().text.find("block") != std::string_view::npos &&
         input.lines.front().text.find_first_of(",;") == std::string_view::npos &&
         input.lines.front().text.find_first_of("0123456789") != std::string_view::npos;
}

FaultMap read_matrices(const Input& input) {
  const std::vector<Matrix> matrices = collect(input);
  const MapGeometry geometry = geometry_of(input, matrices);
  MapBuilder builder(input);
  std::map<double, std::set<std::uint32_t>> blocks;
  for (const Matrix& matrix : matrices) {
    const double voltage = builder.level(matrix.voltage).voltage;
    if (!blocks[voltage].insert(matrix.block).second) {
      input.fail(matrix.spot, fmt::format("block {} again", matrix.block), "once a voltage");
    }
    read_matrix(input, geometry, matrix, builder);
  }
  for (const auto& [voltage, seen] : blocks) {
    if (seen.size() != geometry.blocks) {
      throw InputError(fmt::format("{}: found {} of {} blocks at {}, allowed: all at every voltage",
                                   input.name, seen.size(), geometry.blocks, voltage));
    }
  }
  return builder.finish(geometry);
}

}  // namespace brownout::memory::map_text
