// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_map_file.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>

#include "memory/fault_map_text.h"
#include "sim/core/error.h"
#include "traces/trace_file.h"

namespace brownout::memory {
namespace {

// A map's text is a few bytes a failing cell; more than this is not one.
constexpr std::size_t kLargestText = std::size_t{1} << 31U;

std::string read_bytes(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    throw InputError(path + ": found a folder, allowed: a file");
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw InputError(path + ": " + std::generic_category().message(errno));
  std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  if (stream.bad()) throw InputError(path + ": " + std::generic_category().message(errno));
  return bytes;
}

bool is_compressed(const std::string& bytes) {
  constexpr std::array<char, 4> kMagic = {'\x28', '\xb5', '\x2f', '\xfd'};
  return bytes.size() >= kMagic.size() && std::equal(kMagic.begin(), kMagic.end(), bytes.begin());
}

std::string decompress(const std::string& path, const std::string& bytes) {
  struct Release {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  };
  const std::unique_ptr<ZSTD_DCtx, Release> context(ZSTD_createDCtx());
  require(context != nullptr, "zstd has memory for a context");
  std::string text;
  std::vector<char> chunk(ZSTD_DStreamOutSize());
  ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
  std::size_t status = 1;
  while (input.pos < input.size) {
    ZSTD_outBuffer output = {chunk.data(), chunk.size(), 0};
    status = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(status) != 0) {
      throw InputError(path + ": found damaged zstd data: " + ZSTD_getErrorName(status));
    }
    text.append(chunk.data(), output.pos);
    if (text.size() > kLargestText) throw InputError(path + ": found more than 2 GiB of text");
  }
  if (status != 0) throw InputError(path + ": found zstd data that end too early");
  return text;
}

const char* direction_text(ReadsAs reads) {
  switch (reads) {
    case ReadsAs::kUnknown:
      return "?";
    case ReadsAs::kZero:
      return "0";
    case ReadsAs::kOne:
      return "1";
  }
  throw SimulationError("unknown direction of a fault");
}

void write_level(traces::TraceFile& file, const FaultMap& map, const MapLevel& level,
                 bool with_reads) {
  const std::string voltage =
      fmt::format("{}{}", level.voltage, map.relative_to_vmin() ? " Vmin" : " V");
  if (level.faults.empty()) {
    file.print("{},,,,{}\n", voltage, with_reads ? fmt::format(",,{}", level.reads) : "");
  }
  for (const MapFault& fault : level.faults) {
    const CellPlace place = map.geometry().place(fault.cell);
    file.print("{},{},{},{},{}", voltage, place.block, place.row, place.bit,
               direction_text(fault.reads));
    if (with_reads) file.print(",{},{}", fault.failures, level.reads);
    file.write("\n");
  }
}

}  // namespace

FaultMap parse_fault_map(const std::string& name, const std::string& text,
                         const std::optional<MapGeometry>& geometry) {
  const map_text::Input input = map_text::make_input(name, text, geometry);
  return map_text::is_matrix(input) ? map_text::read_matrices(input) : map_text::read_csv(input);
}

FaultMap load_fault_map(const std::string& path, const std::optional<MapGeometry>& geometry) {
  const std::string bytes = read_bytes(path);
  return parse_fault_map(path, is_compressed(bytes) ? decompress(path, bytes) : bytes, geometry);
}

void write_fault_map(const FaultMap& map, const std::string& path) {
  const auto& levels = map.levels();
  const bool with_reads = std::all_of(levels.begin(), levels.end(),
                                      [](const MapLevel& level) { return level.reads > 0; });
  traces::TraceFile file(path);
  file.print("# geometry: {}\nvoltage,block,word,bit,direction{}\n", map.geometry().text(),
             with_reads ? ",failures,reads" : "");
  for (const MapLevel& level : levels) write_level(file, map, level, with_reads);
  file.commit();
}

std::optional<MapGeometry> parse_geometry(const std::string& text) {
  std::string plain = text;
  plain.erase(std::remove(plain.begin(), plain.end(), ' '), plain.end());
  std::array<std::uint32_t, 3> sizes{};
  const char* at = plain.data();
  const char* const end = at + plain.size();
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (i > 0 && (at == end || *at++ != 'x')) return {};
    const auto [stop, error] = std::from_chars(at, end, sizes[i]);
    if (error != std::errc()) return {};
    at = stop;
  }
  if (at != end) return {};
  return MapGeometry{sizes[0], sizes[1], sizes[2]};
}

}  // namespace brownout::memory
