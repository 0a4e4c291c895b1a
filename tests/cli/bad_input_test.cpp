// SPDX-License-Identifier: Apache-2.0
// Exit code 2 and the exact words for everything users get wrong.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

class BadInputTest : public CliTest {
 protected:
  void expect_error(const std::vector<std::string>& arguments, const std::string& errors) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.errors, errors + "\n");
    EXPECT_EQ(outcome.output, "");
  }
};

TEST_F(BadInputTest, CommandsAndOptionsAreNamedWithTheNearest) {
  expect_error({}, "brownout: command is missing (see 'brownout --help')");
  expect_error({"swep"},
               "brownout: unknown command 'swep', did you mean 'sweep'? (see 'brownout --help')");
  expect_error({"run", "a.yaml", "--imagse", "3"},
               "brownout run: unknown option '--imagse', did you mean '--images'? (see 'brownout "
               "run --help')");
  expect_error({"sweep", "a.yaml", "--resum"},
               "brownout sweep: unknown option '--resum', did you mean '--resume'? (see 'brownout "
               "sweep --help')");
  expect_error({"run"}, "brownout run: CONFIG is missing (see 'brownout run --help')");
  expect_error({"run", "a.yaml", "b.yaml"},
               "brownout run: found 'b.yaml', which is one word too many (see 'brownout run "
               "--help')");
  expect_error({"run", "a.yaml", "--images"},
               "brownout run: the required argument for option '--images' is missing (see "
               "'brownout run --help')");
  expect_error({"run", "a.yaml", "--images", "1.5"},
               "brownout run: --images: found '1.5', allowed: a whole number of at least 1 (see "
               "'brownout run --help')");
  expect_error({"run", "a.yaml", "--engine", "fats"},
               "brownout run: --engine: found 'fats', allowed: fast, cycle, both, did you mean "
               "'fast'? (see 'brownout run --help')");
  expect_error({"sweep", "a.yaml", "--engine", "cycle"},
               "brownout sweep: --engine: found 'cycle', allowed: fast; 'brownout run --engine "
               "both' compares the engines (see 'brownout sweep --help')");
  expect_error({"config", "shw", "a.yaml"},
               "brownout config: found 'shw', allowed: check, show or schema (see 'brownout config "
               "--help')");
}

TEST_F(BadInputTest, InspectNeedsASweepToMeasureAndAnExperimentToWriteOf) {
  expect_error({"model", "inspect", "small.onnx", "--out", "r"},
               "brownout model: --out: found with a network, allowed: with an experiment (see "
               "'brownout model --help')");
  expect_error(
      {"model", "inspect", "a.yaml", "--set", "memory.faults.mechanism=retention"},
      "rail 'weights' changes its voltage while its cells may keep what another layer left "
      "there (write_failure, retention); allowed: one voltage, or 'engine: cycle'");
  expect_error({"model", "inspect", "small.onnx", "--channels"},
               "brownout model: --channels: found with a network, allowed: with an experiment (see "
               "'brownout model --help')");
  expect_error({"model", "eval", "a.yaml", "--out", "r"},
               "brownout model: --out: found with eval, allowed: with inspect (see "
               "'brownout model --help')");
  expect_error({"model", "inspect", "a.yaml", "--jobs", "0"},
               "brownout model: --jobs: found '0', allowed: a whole number of at least 1 (see "
               "'brownout model --help')");
}

TEST_F(BadInputTest, AnErrorCodeMustSuitTheWordsAndSayWhatItCosts) {
  const std::string ecc = "accelerator.buffers.filter.ecc";
  const std::string costs =
      "={code: secded_72_64, latency: 1 cycles, energy_per_gate: 2 fJ, "
      "source: none, on_error: ";
  expect_error({"run", "a.yaml", "--set", ecc + costs + "zero_weight}"},
               "--set " + ecc + ": " + ecc +
                   ": found on_error zero_weight with code secded_72_64, "
                   "allowed: keep or zero_word");
  expect_error(
      {"run", "a.yaml", "--set", ecc + costs + "keep}", "--set", "memory.macro.word_bits=32"},
      "--set " + ecc + ": " + ecc +
          ": found words of 32 bits with code secded_72_64, "
          "allowed: 64, or code secded_39_32 (32 or 64) or parity");
  expect_error({"run", "a.yaml", "--set", ecc + "={code: hamming}"},
               "--set " + ecc + ": " + ecc +
                   ".code: found 'hamming', allowed: none, secded_72_64, secded_39_32 or parity");
  expect_error(
      {"run", "a.yaml", "--set", ecc + "={code: parity, latency: 0 cycles, energy_per_gate: 0 pJ}"},
      "--set " + ecc + ": " + ecc +
          ".source: missing, required: text (where latency and energies come from)");
}

TEST_F(BadInputTest, ConfigurationErrorsHaveAPlace) {
  expect_error({"run", "no.yaml"},
               "no.yaml: found 'no.yaml', which cannot be read (No such file or directory), "
               "allowed: a YAML file");
  expect_error({"run", "a.yaml", "--set", "run.imagse=3"},
               "--set run.imagse: run.imagse: unknown key, allowed: chip, images, did you mean "
               "'images'?");
  expect_error({"run", "a.yaml", "--set", "rails.weights.voltage=3 nJ"},
               "--set rails.weights.voltage: rails.weights.voltage: found '3 nJ' with unit 'nJ', "
               "allowed: number with unit V, mV, uV or Vmin above 0");
  std::string text = read("a.yaml");
  text.replace(text.find("chips: 2"), 8, "chisp: 2");
  write("b.yaml", text);
  expect_error(
      {"sweep", "b.yaml"},
      "b.yaml:13:3: sweep.chisp: unknown key, allowed: rail, voltages, from_layer, until_layer, "
      "first_chip, chips, "
      "images, nominal_images, did you mean 'chips'?");
  text = read("a.yaml");
  write("c.yaml", text.substr(0, text.find("sweep:")));
  expect_error({"sweep", "c.yaml"},
               "c.yaml:1:1: sweep: missing, required: mapping (what 'brownout sweep' simulates)");
}

TEST_F(BadInputTest, ProtectionMustSuitTheMemory) {
  const auto refuse = [&](const std::string& group, const std::string& key,
                          const std::string& value, const std::string& found) {
    const std::string name = "accelerator.buffers." + group + "." + key;
    expect_error({"run", "a.yaml", "--set", name + "=" + value}, "--set " + name + found);
  };
  const std::string filter = "accelerator.buffers.filter.";
  refuse("filter", "interleave", "7",
         ": " + filter + "interleave: found 7, allowed: a divisor of the macro's 512 rows");
  refuse("filter", "redundancy", "{rows: 0, tested_at: 0.9 Vmin}",
         ": " + filter +
             "redundancy.rows: found neither spare rows nor spare columns, required: some");
  refuse("filter", "redundancy", "{rows: 2, tested_at: 0.6 Vmin}",
         ": " + filter +
             "redundancy.tested_at: voltage 0.6 Vmin: the curve of 'ibm14nm' is measured from "
             "0.75 to 1 Vmin; 'curve.extrapolate: true' goes on beyond");
  refuse(
      "filter", "safe_bits", "{count: 2, rail: weights}",
      ": " + filter + "safe_bits.rail: found 'weights', the buffer's own rail, allowed: another");
  refuse("ofmap", "safe_bits", "{count: 2, rail: logic}",
         ": accelerator.buffers.ofmap.safe_bits.count: found safe bits of the ofmap buffer, "
         "allowed: of ifmap and filter, because it holds 32-bit sums, whose bytes do not matter "
         "alike");
  expect_error({"run", "a.yaml", "--set", filter + "interleave=8", "--set",
                "memory.faults.mapping=ibm_random"},
               "--set " + filter + "interleave: " + filter +
                   "interleave: found with 'memory.faults.mapping: ibm_random', which lays faults "
                   "over weights wherever they lie, allowed: with 'mapping: address'");
}

TEST_F(BadInputTest, VoltagesMustLieOnTheCurve) {
  expect_error(
      {"run", "a.yaml", "--set", "rails.weights.voltage=0.7 Vmin"},
      "--set rails.weights.voltage: rails.weights.voltage: voltage 0.7 Vmin: the curve of "
      "'ibm14nm' is measured from 0.75 to 1 Vmin; 'curve.extrapolate: true' goes on beyond");
  expect_error({"sweep", "a.yaml", "--set", "sweep.voltages=[1.1 Vmin]"},
               "--set sweep.voltages: sweep.voltages: voltage 1.1 Vmin: the curve of 'ibm14nm' is "
               "measured from 0.75 to 1 Vmin; 'curve.extrapolate: true' goes on beyond");
  expect_error({"run", "a.yaml", "--set", "rails.weights.voltage=0.6 V"},
               "--set rails.weights.voltage: rails.weights.voltage: voltage 0.6 V: the memory "
               "'ibm14nm' has no published Vmin in volts, give it in units of Vmin");
  expect_error({"sweep", "a.yaml", "--set", "sweep.voltages=[0.9 Vmin, 0.9 Vmin]"},
               "--set sweep.voltages: sweep.voltages: found 0.9 Vmin twice");
}

TEST_F(BadInputTest, LogicBelowVminNeedsADelayLawAndAClockThatSuitsIt) {
  const std::string unknown =
      " for the array, allowed: 1 Vmin, because without "
      "accelerator.array.delay its delay at a lower voltage is not known";
  expect_error(
      {"run", "a.yaml", "--set", "rails.logic.voltage=0.9 Vmin"},
      "--set rails.logic.voltage: rails.logic.voltage: rail 'logic': found 0.9 Vmin" + unknown);
  expect_error({"sweep", "a.yaml", "--set", "sweep.rail=logic", "--set",
                "sweep.voltages=[1 Vmin, 0.8 Vmin]"},
               "--set sweep.voltages: sweep.voltages: rail 'logic': found 0.8 Vmin" + unknown);
  // 0.8 / 0.3 over 1 / 0.5: 4 / 3 as long.
  const std::string delay =
      "accelerator.array.delay={critical_path: 900 ps, threshold: 0.5 Vmin, alpha: 1, source: "
      "none}";
  expect_error({"run", "a.yaml", "--set", "rails.logic.voltage=0.8 Vmin", "--set", delay},
               "--set rails.logic.voltage: rails.logic.voltage: rail 'logic': found 0.8 Vmin, "
               "where the array's slowest path takes 1200.0 ps of a period of 1000.0 ps, allowed: "
               "at least 0.9091 Vmin, a clock of at most 0.8333 GHz, or 'clocking: scaled'");
}

TEST_F(BadInputTest, SchedulesNameLayersAndHaveRamps) {
  const std::string ramp =
      "rails.weights.ramp={time_per_vmin: 1 us, energy_at_vmin: 1 nJ, source: none}";
  expect_error(
      {"run", "a.yaml", "--set", "rails.weights.schedule=[{from_layer: a, voltage: 0.9 Vmin}]"},
      "--set rails.weights.schedule: rails.weights.schedule: found no rails.weights.ramp, "
      "required: what the changes cost");
  expect_error(
      {"run", "a.yaml", "--set", ramp, "--set",
       "rails.weights.schedule=[{from_layer: a, voltage: 0.6 Vmin}]"},
      "--set rails.weights.schedule: rails.weights.schedule.0.voltage: voltage 0.6 Vmin: "
      "the curve of 'ibm14nm' is measured from 0.75 to 1 Vmin; 'curve.extrapolate: true' goes on "
      "beyond");
}

TEST_F(BadInputTest, NumbersThatWouldExhaustTheMachineAreRefused) {
  expect_error({"sweep", "a.yaml", "--jobs", "100000000"},
               "brownout sweep: --jobs: found 100000000, allowed: 1 to 1024 (see 'brownout sweep "
               "--help')");
}

TEST_F(BadInputTest, RailsAreThoseOfTheAccelerator) {
  expect_error({"run", "a.yaml", "--set", "rails.wieghts.voltage=1 Vmin"},
               "--set rails.wieghts.voltage: rails.wieghts.voltage: found 'wieghts', allowed: a "
               "rail of the accelerator 'os32': activations, logic, weights, did you mean "
               "'weights'?");
  expect_error({"sweep", "a.yaml", "--set", "sweep.rail=logik"},
               "--set sweep.rail: sweep.rail: found 'logik', allowed: a rail of the accelerator "
               "'os32': activations, logic, weights, did you mean 'logic'?");
  std::string text = read("a.yaml");
  const std::string logic = "  logic: {voltage: 1 Vmin}\n";
  text.erase(text.find(logic), logic.size());
  write("b.yaml", text);
  expect_error({"run", "b.yaml"},
               "b.yaml:5:1: rails: found no 'logic', required by the accelerator 'os32'");
  expect_error({"run", "a.yaml", "--set", "accelerator.buffers.ifmap.banks=3"},
               std::string(BROWNOUT_SOURCE_DIR) +
                   "/configs/accel/os32.yaml:12:10: accelerator.buffers.ifmap: 3 banks do not "
                   "divide the group's 64 macros");
}

TEST_F(BadInputTest, NetworkAndImagesMustFit) {
  expect_error({"run", "a.yaml", "--set", "network=no.onnx"},
               "--set network: network: no such file: " + (folder() / "no.onnx").string());
  expect_error({"run", "a.yaml", "--images", "3001"},
               "--set run.images: run.images: found 3001, allowed: at most 3000, the size of the "
               "data set 'fashion_mnist'");
  expect_error({"sweep", "a.yaml", "--set", "sweep.nominal_images=9999"},
               "--set sweep.nominal_images: sweep.nominal_images: found 9999, allowed: at most "
               "3000, the size of the data set 'fashion_mnist'");
  expect_error({"run", "a.yaml", "--set", "dataset.pad_to=32"},
               "a.yaml:2:10: dataset: found images of 1 x 32 x 32 (channels x height x width), the "
               "network 'small' takes 1 x 28 x 28; 'dataset.pad_to' enlarges images");
  const std::string network = read("small.onnx");
  write("half.onnx", network.substr(0, network.size() / 2));
  expect_error(
      {"run", "a.yaml", "--set", "network=half.onnx"},
      (folder() / "half.onnx").string() + ": is not an ONNX file, or a truncated or damaged one");
}

TEST_F(BadInputTest, TrainingSaysWhatBringsIt) {
  std::filesystem::copy_file(BROWNOUT_BINARY, folder() / "brownout");
  use_program(folder() / "brownout");  // without brownout-train beside it
  expect_error({"train", "base", "a.yaml"},
               "brownout train: this build has no training; install Debian's package libtorch-dev "
               "and build again");
}

TEST_F(BadInputTest, MissingGnuplotIsFoundBeforeTheWork) {
  const Outcome outcome = run({"sweep", "a.yaml", "--out", "r"}, {{"PATH", "/nonexistent"}});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.errors,
            "gnuplot cannot be started (No such file or directory); reports need it, install "
            "Debian's package gnuplot-nox\n");
  EXPECT_FALSE(exists("r"));
}

}  // namespace
}  // namespace brownout::cli_test
