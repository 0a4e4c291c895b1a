// SPDX-License-Identifier: Apache-2.0
// Fault maps as tables of failing cells (layer 2).
#include <fmt/format.h>

#include <array>
#include <limits>

#include "memory/fault_map_text.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

namespace brownout::memory::map_text {
namespace {

enum Column : std::size_t {
  kVoltage,
  kBlock,
  kWord,
  kBit,
  kDirection,
  kFailures,
  kReads,
  kColumns
};

constexpr std::array<const char*, kColumns> kNames = {"voltage",   "block",    "word", "bit",
                                                      "direction", "failures", "reads"};
constexpr const char* kAllNames = "voltage, block, word, bit, direction, failures, reads";
constexpr std::size_t kMissing = std::numeric_limits<std::size_t>::max();

/// Where each column stands in a row.
using Places = std::array<std::size_t, kColumns>;

char separator_of(const Word& header) {
  for (const char separator : {',', ';', '\t'}) {
    if (header.text.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

Places read_header(const Input& input, const Word& header, char separator) {
  Places places;
  places.fill(kMissing);
  const std::vector<Word> titles = split(header, separator);
  const std::vector<std::string> names(kNames.begin(), kNames.end());
  for (std::size_t i = 0; i < titles.size(); ++i) {
    const std::string title(titles[i].text);
    std::size_t column = 0;
    while (column < kColumns && title != kNames[column]) ++column;
    if (column == kColumns) {
      const auto nearest = nearest_name(title, names);
      input.fail(
          titles[i].spot, title,
          std::string(kAllNames) + (nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
    }
    if (places[column] != kMissing) input.fail(titles[i].spot, title, "each column once");
    places[column] = i;
  }
  for (const Column column : {kVoltage, kBlock, kWord, kBit}) {
    if (places[column] == kMissing) {
      input.fail(header.spot, header.text, fmt::format("a header with '{}'", kNames[column]));
    }
  }
  if ((places[kFailures] == kMissing) != (places[kReads] == kMissing)) {
    input.fail(header.spot, header.text, "'failures' and 'reads' together or neither");
  }
  return places;
}

ReadsAs read_direction(const Input& input, const Word& word) {
  const std::string_view text = word.text;
  if (text.empty() || text == "?") return ReadsAs::kUnknown;
  if (text == "1" || text == "0to1" || text == "0->1") return ReadsAs::kOne;
  if (text == "0" || text == "1to0" || text == "1->0") return ReadsAs::kZero;
  input.fail(word.spot, text, "1 (or 0to1), 0 (or 1to0), ? or nothing");
}

/// Reads rows against one header.
class Rows {
 public:
  Rows(const Input& input, const Places& places, std::size_t width)
      : input_(input), places_(places), width_(width), builder_(input) {}

  void read(const std::vector<Word>& words) {
    if (words.size() != width_) {
      input_.fail(words.back().spot, fmt::format("{} values", words.size()),
                  fmt::format("{}, as the header has", width_));
    }
    MapLevel& level = builder_.level(words[places_[kVoltage]]);
    const Word& block = words[places_[kBlock]];
    const Word& row = words[places_[kWord]];
    const Word& bit = words[places_[kBit]];
    if (places_[kReads] != kMissing) take_reads(level, words[places_[kReads]]);
    if (block.text.empty() && row.text.empty() && bit.text.empty()) return;
    const MapGeometry& geometry = *input_.geometry;
    const CellPlace place{read_count(input_, block, "a block", geometry.blocks - 1),
                          read_count(input_, row, "a word", geometry.rows - 1),
                          read_count(input_, bit, "a bit", geometry.word_bits - 1)};
    MapFault fault{static_cast<std::uint32_t>(geometry.cell(place)), ReadsAs::kUnknown, 0};
    if (places_[kDirection] != kMissing) {
      fault.reads = read_direction(input_, words[places_[kDirection]]);
    }
    if (places_[kFailures] != kMissing) {
      const Word& failures = words[places_[kFailures]];
      fault.failures = read_count(input_, failures, "failures", level.reads);
      if (fault.failures == 0) {
        input_.fail(failures.spot, failures.text,
                    fmt::format("failures from 1 to {}", level.reads));
      }
    }
    builder_.add(level, fault, block.spot);
  }

  [[nodiscard]] FaultMap finish() { return builder_.finish(*input_.geometry); }

 private:
  void take_reads(MapLevel& level, const Word& word) {
    const std::uint32_t reads = read_count(input_, word, "reads", 1U << 30U);
    if (reads == 0) input_.fail(word.spot, word.text, "at least one read");
    if (level.reads != 0 && level.reads != reads) {
      input_.fail(word.spot, word.text,
                  fmt::format("equally many at a voltage, {} before", level.reads));
    }
    level.reads = reads;
  }

  const Input& input_;
  const Places& places_;
  std::size_t width_;
  MapBuilder builder_;
};

}  // namespace

FaultMap read_csv(const Input& input) {
  if (input.lines.empty()) {
    throw InputError(fmt::format("{}: found no header, allowed: {}", input.name, kAllNames));
  }
  const Word& header = input.lines.front();
  const char separator = separator_of(header);
  const Places places = read_header(input, header, separator);
  if (!input.geometry) {
    input.fail(header.spot, "no geometry",
               "a line '# geometry: BLOCKS x ROWS x BITS', or --geometry BLOCKSxROWSxBITS: where "
               "nothing failed cannot be guessed");
  }
  Rows rows(input, places, split(header, separator).size());
  for (std::size_t i = 1; i < input.lines.size(); ++i) rows.read(split(input.lines[i], separator));
  return rows.finish();
}

}  // namespace brownout::memory::map_text
