// SPDX-License-Identifier: Apache-2.0
// `brownout trace`.
#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <iostream>
#include <map>

#include "accel/chip_maker.h"
#include "accel/fault_rates.h"
#include "accel/recorder/trace_recorder.h"
#include "fuse/cycle_system.h"
#include "models/data/input_encoder.h"
#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/run_text.h"
#include "sim/core/error.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/point_result.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

constexpr std::uint32_t kLargestCorner = 64;

Options declare() {
  Options options("trace CONFIG --image N [options]",
                  "Runs one image through the cycle engine and writes what happened, cycle by "
                  "cycle. Files whose\nname ends in .zst are compressed.",
                  {{"CONFIG"}});
  options.value("image", "N", "which image of the data set, from 0");
  options.value("chip", "N", "the same as --set run.chip=N");
  options.value("vcd", "FILE", "waveform for GTKWave: activity, buffer ports, registers, rails");
  options.value("window", "A:B", "cycles of the waveform, both included; all if not given");
  options.value("corner", "RxC", "rows and columns of the array in the waveform, 4x4 if not given");
  options.value("perfetto", "FILE", "JSON for ui.perfetto.dev: tracks of all blocks, counters");
  options.value("access", "DIR", "CSV files of every buffer and DRAM access, as SCALE-Sim's");
  options.flag("zstd", "compress the files of --access");
  options.value("power", "FILE", "CSV of energy by component and power over time");
  options.value("power-step", "N", "cycles of a row of --power and of Perfetto's counters, 100");
  options.value("flips", "FILE", "CSV of every bit a read returned wrong, with its cell");
  add_set_option(options);
  return options;
}

/// Two whole numbers with `separator` between them.
std::pair<std::uint64_t, std::uint64_t> pair_of(const Options& options, const std::string& name,
                                                char separator, const char* allowed) {
  const std::string text = options.text(name).value_or("");
  std::pair<std::uint64_t, std::uint64_t> pair;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, pair.first);
  const bool is_separated = first.ec == std::errc() && first.ptr != end && *first.ptr == separator;
  const auto second = is_separated ? std::from_chars(first.ptr + 1, end, pair.second) : first;
  if (!is_separated || second.ec != std::errc() || second.ptr != end) {
    options.fail(fmt::format("--{}: found '{}', allowed: {}", name, text, allowed));
  }
  return pair;
}

traces::CycleWindow window_of(const Options& options) {
  const auto [first, last] = pair_of(options, "window", ':', "two cycles A:B, A at most B");
  if (first > last) {
    options.fail(
        fmt::format("--window: found '{}:{}', allowed: two cycles A:B, A at most B", first, last));
  }
  return {first, last};
}

accel::Corner corner_of(const Options& options) {
  const auto [rows, cols] = pair_of(options, "corner", 'x', "RxC, 1x1 to 64x64, e.g. 8x4");
  if (rows < 1 || cols < 1 || rows > kLargestCorner || cols > kLargestCorner) {
    options.fail(
        fmt::format("--corner: found '{}x{}', allowed: RxC, 1x1 to 64x64, e.g. 8x4", rows, cols));
  }
  return {static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(cols)};
}

/// No two traces into one file.
void check_files(const Options& options) {
  std::map<std::filesystem::path, std::string> taken;
  for (const char* name : {"vcd", "perfetto", "access", "power", "flips"}) {
    const auto path = options.text(name);
    if (!path) continue;
    const auto [other, is_new] =
        taken.emplace(std::filesystem::absolute(*path).lexically_normal(), name);
    if (!is_new) {
      options.fail(fmt::format("--{} and --{} are the same file '{}'", other->second, name, *path));
    }
  }
  if (taken.empty()) {
    options.fail(
        "nothing to write, give one or more of --vcd, --perfetto, --access, --power, "
        "--flips");
  }
}

accel::TraceRequest request_of(const Options& options) {
  check_files(options);
  for (const char* name : {"window", "corner"}) {
    if (options.has(name) && !options.has("vcd")) {
      options.fail(fmt::format("--{} is about the waveform, and there is no --vcd", name));
    }
  }
  accel::TraceRequest request;
  request.vcd = options.text("vcd");
  if (options.has("window")) request.window = window_of(options);
  if (options.has("corner")) request.corner = corner_of(options);
  request.perfetto = options.text("perfetto");
  request.access = options.text("access");
  request.compress_access = options.has("zstd");
  request.power = options.text("power");
  request.power_step = options.count("power-step", 1).value_or(request.power_step);
  request.flips = options.text("flips");
  return request;
}

sweep::Experiment load(const Options& options, std::size_t image) {
  config::Overrides all = overrides(options);
  if (const auto chip = options.count("chip", 0)) all.push_back(fmt::format("run.chip={}", *chip));
  sweep::Experiment experiment =
      sweep::load_experiment(options.positionals().front(), all, sweep::Purpose::kRun);
  if (image >= experiment.dataset.size()) {
    options.fail(fmt::format("--image: found {}, allowed: 0 to {}, the images of the data set '{}'",
                             image, experiment.dataset.size() - 1, experiment.dataset.name));
  }
  return experiment;
}

/// Cuts the request to the machine and to a run of `cycles`.
void fit(accel::TraceRequest& request, const Options& options, const accel::ArrayConfig& array,
         std::uint64_t cycles) {
  if (!request.vcd) return;
  if (array.body == accel::ArrayBody::kBlock) {
    options.fail(
        "--vcd: found accelerator.array.body 'block', allowed: register, whose registers a "
        "waveform shows (--set accelerator.array.body=register)");
  }
  if (request.window.first >= cycles) {
    options.fail(fmt::format("--window: found '{}:{}', allowed: cycles 0 to {}, which the run has",
                             request.window.first, request.window.last, cycles - 1));
  }
  const accel::Corner corner = request.corner;
  request.corner = {std::min(corner.rows, array.rows), std::min(corner.cols, array.cols)};
  if (options.has("corner") &&
      (request.corner.rows != corner.rows || request.corner.cols != corner.cols)) {
    options.fail(fmt::format("--corner: found '{}x{}', allowed: at most {}x{}, the array",
                             corner.rows, corner.cols, array.rows, array.cols));
  }
}

std::string summary(const sweep::Experiment& experiment, std::size_t image,
                    const accel::CycleRun& run, const std::vector<accel::WrittenTrace>& traces) {
  const auto& machine = experiment.config.machine;
  std::string text = fmt::format(
      "{} on {} with {} memory: image {}, chip {}, {} cycles, {}\n", experiment.network_name,
      machine.accelerator.name, machine.memory.name, image, experiment.config.run.chip.value(),
      sweep::thousands(run.statistics.total().total_cycles().count()),
      sweep::is_correct(experiment, image, run.inference.logits) ? "classified correctly"
                                                                 : "classified wrongly");
  const std::string extrapolated = extrapolation_text(experiment.config);
  text += extrapolated.empty() ? "\n" : extrapolated + "\n\n";
  sweep::TextTable table({{"", "trace", true}, {"", "holds"}, {"", "", true}, {"", "bytes"}});
  for (const accel::WrittenTrace& trace : traces) {
    table.add_row({trace.path, sweep::thousands(trace.events), trace.unit,
                   sweep::thousands(std::filesystem::file_size(trace.path))});
  }
  return text + table.text();
}

}  // namespace

int execute_trace(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  accel::TraceRequest request = request_of(options);
  const auto image = options.count("image", 0);
  if (!image) options.fail("--image is missing");
  const sweep::Experiment experiment = load(options, *image);
  const accel::Machine& machine = experiment.config.machine;
  const accel::OperatingPoint& rails = experiment.config.rails;

  const fuse::CycleSystem engine(experiment.graph, machine, experiment.stage_or_null());
  if (request.vcd) {
    fit(request, options, machine.accelerator.array,
        engine.network_engine().time(rails).total().total_cycles().count());
  }
  accel::TraceRecorder recorder(experiment.graph, engine.program(), machine, rails, request);
  const accel::ChipMaker maker(experiment.graph, engine.program(), machine);
  const memory::Chip chip =
      maker.make(experiment.config.run.chip, accel::highest_fault_rates(machine, rails));
  const models::InputEncoder encoder(experiment.graph);
  const auto number = static_cast<std::uint32_t>(*image);
  const auto codes = engine.network_input(encoder.encode(experiment.dataset, *image), chip, number);
  const accel::CycleRun run = engine.network_engine().run(codes, chip, rails, number, &recorder);
  std::cout << summary(experiment, *image, run, recorder.commit(run.statistics.total()));
  return 0;
}

}  // namespace brownout::cli
