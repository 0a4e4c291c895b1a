// SPDX-License-Identifier: Apache-2.0
#include "traces/perfetto_writer.h"

#include <nlohmann/json.hpp>

namespace brownout::traces {
namespace {

/// A JSON string; bytes that are no UTF-8 become U+FFFD.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

PerfettoWriter::PerfettoWriter(std::string path, std::uint64_t picoseconds)
    : file_(std::move(path)), picoseconds_(picoseconds) {
  file_.write("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
  file_.write(R"({"ph":"M","pid":1,"name":"process_name","args":{"name":"brownout"}})");
}

void PerfettoWriter::separate() { file_.write(",\n"); }

std::string PerfettoWriter::time(std::uint64_t cycle) const {
  constexpr std::uint64_t kPerMicrosecond = 1'000'000;
  const std::uint64_t picoseconds = cycle * picoseconds_;
  return fmt::format("{}.{:06}", picoseconds / kPerMicrosecond, picoseconds % kPerMicrosecond);
}

PerfettoWriter::Track PerfettoWriter::add_track(const std::string& name) {
  const Track track(++tracks_);
  separate();
  file_.print(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
              track.value(), quoted(name));
  separate();
  file_.print(R"({{"ph":"M","pid":1,"tid":{0},"name":"thread_sort_index",)"
              R"("args":{{"sort_index":{0}}}}})",
              track.value());
  return track;
}

void PerfettoWriter::slice(Track track, const std::string& name, std::uint64_t begin,
                           std::uint64_t end, const Arguments& arguments) {
  separate();
  file_.print(R"({{"ph":"X","pid":1,"tid":{},"name":{},"ts":{},"dur":{},)"
              R"("args":{{"cycle":{},"cycles":{})",
              track.value(), quoted(name), time(begin), time(end - begin), begin, end - begin);
  print(arguments);
  ++events_;
}

void PerfettoWriter::print(const Arguments& arguments) {
  for (const auto& [key, value] : arguments) file_.print(",{}:{}", quoted(key), quoted(value));
  file_.write("}}");
}

void PerfettoWriter::open(Track track, const std::string& name, std::uint64_t begin,
                          const Arguments& arguments) {
  separate();
  file_.print(R"({{"ph":"B","pid":1,"tid":{},"name":{},"ts":{},"args":{{"cycle":{})", track.value(),
              quoted(name), time(begin), begin);
  print(arguments);
  ++events_;
}

void PerfettoWriter::close(Track track, std::uint64_t end) {
  separate();
  file_.print(R"({{"ph":"E","pid":1,"tid":{},"ts":{},"args":{{"end_cycle":{}}}}})", track.value(),
              time(end), end);
}

void PerfettoWriter::counter(const std::string& name, std::uint64_t cycle, double value) {
  separate();
  file_.print(R"({{"ph":"C","pid":1,"name":{},"ts":{},"args":{{"value":{:.12g}}}}})", quoted(name),
              time(cycle), value);
  ++events_;
}

void PerfettoWriter::commit() {
  file_.write("\n]}\n");
  file_.commit();
}

}  // namespace brownout::traces
