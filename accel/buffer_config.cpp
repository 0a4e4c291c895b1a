// SPDX-License-Identifier: Apache-2.0
#include "accel/buffer_config.h"

#include <fmt/format.h>

namespace brownout::accel {
namespace {

using config::Section;

constexpr double kMostBytes = 64.0 * 1024 * 1024;
constexpr config::Limits kSmall{1, 256};
constexpr config::Limits kSpareLines{0, 64};

std::uint32_t small_integer(Section& section, const char* key, const char* description,
                            config::Limits limits, std::uint32_t fallback) {
  return static_cast<std::uint32_t>(section.integer(key, description, limits, fallback));
}

RedundancyConfig read_redundancy(Section section) {
  RedundancyConfig redundancy;
  redundancy.rows = small_integer(section, "rows", "spare rows of every macro", kSpareLines, 0);
  redundancy.columns =
      small_integer(section, "columns", "spare columns of every macro", kSpareLines, 0);
  redundancy.tested_at = section.voltage(
      "tested_at", "voltage of the test that finds which lines the spare ones replace");
  if (redundancy.rows + redundancy.columns == 0) {
    section.fail("rows", "found neither spare rows nor spare columns, required: some");
  }
  return redundancy;
}

SafeBitsConfig read_safe_bits(Section section, memory::GroupId group, const std::string& own) {
  SafeBitsConfig safe;
  safe.count = small_integer(section, "count", "most significant bits of every byte", {1, 7}, 1);
  safe.rail = section.text("rail", "supply rail of their bank");
  if (safe.rail == own) {
    section.fail("rail", fmt::format("found '{}', the buffer's own rail, allowed: another", own));
  }
  if (group == memory::GroupId::kOfmap) {
    section.fail("count",
                 "found safe bits of the ofmap buffer, allowed: of ifmap and filter, because it "
                 "holds 32-bit sums, whose bytes do not matter alike");
  }
  return safe;
}

}  // namespace

BufferConfig read_buffer_config(Section buffers, memory::GroupId group) {
  Section section = buffers.section(memory::group_name(group), "buffer of this operand");
  BufferConfig buffer;
  buffer.capacity = section.quantity<Bytes>("capacity", "size of the buffer", {1, kMostBytes});
  buffer.banks =
      small_integer(section, "banks", "banks, words interleaved over them", kSmall, buffer.banks);
  buffer.ports = small_integer(section, "ports",
                               "accesses of array and vector unit a bank serves a cycle; counts "
                               "where 'conflicts' are modelled",
                               kSmall, buffer.ports);
  buffer.rail = section.text("rail", "supply rail of the buffer");
  if (auto ecc = section.optional_section("ecc", "error code over the buffer's words")) {
    buffer.ecc = memory::read_ecc_config(*ecc);
  }
  if (auto redundancy = section.optional_section("redundancy", "spare rows and columns")) {
    buffer.redundancy = read_redundancy(*redundancy);
  }
  buffer.interleave = static_cast<std::uint32_t>(
      section.integer("interleave", "words whose bits alternate in the rows they share",
                      {1, 1 << 20}, buffer.interleave));
  if (auto safe = section.optional_section("safe_bits", "bits in a bank on a rail of its own")) {
    buffer.safe_bits = read_safe_bits(*safe, group, buffer.rail);
  }
  return buffer;
}

}  // namespace brownout::accel
