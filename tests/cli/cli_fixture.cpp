// SPDX-License-Identifier: Apache-2.0
#include "tests/cli/cli_fixture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "models/data/dataset.h"
#include "models/onnx/export.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/float_network.h"
#include "models/quantizer/quantize.h"

namespace brownout::cli_test {
namespace {

namespace fs = std::filesystem;

constexpr int kExtent = 28;
constexpr int kClasses = 10;

constexpr const char* kConfig = R"yaml(network: small.onnx
dataset: {kind: fashion_mnist, folder: data}
accelerator: {include: %/configs/accel/os32.yaml}
memory: {include: %/configs/memory/ibm14nm.yaml}
rails:
  logic: {voltage: 1 Vmin}
  activations: {voltage: 1 Vmin}
  weights: {voltage: 0.8 Vmin}
run: {chip: 1, images: 4}
sweep:
  rail: weights
  voltages: [1 Vmin, 0.85 Vmin, 0.75 Vmin]
  chips: 2
  images: 30
  nominal_images: 60
)yaml";

std::vector<float> random_weights(std::size_t count, float spread, std::mt19937& random) {
  std::vector<float> weights(count);
  for (float& weight : weights) {
    weight = spread * (static_cast<float>(random() % 2001U) / 1000.0F - 1.0F);
  }
  return weights;
}

/// Convolution, average pool, classifier; its answers mean nothing, but they depend on every bit.
models::Graph small_network() {
  std::mt19937 random(7);
  models::FloatNetwork network;
  network.name = "small";
  network.input = {1, kExtent, kExtent};
  network.preprocessing = {{0.5}, {0.25}};
  network.nodes = {{"conv", models::FloatConv{}, {0}},
                   {"pool", models::FloatAveragePool{}, {1}},
                   {"classifier", models::FloatConv{}, {2}}};
  auto& conv = std::get<models::FloatConv>(network.nodes[0].operation);
  conv.window.kernel_h = conv.window.kernel_w = 5;
  conv.window.stride_h = conv.window.stride_w = 4;
  conv.outputs = 6;
  conv.weights = random_weights(std::size_t{6} * 5 * 5, 0.4F, random);
  conv.relu = true;
  auto& pool = std::get<models::FloatAveragePool>(network.nodes[1].operation);
  pool.window.kernel_h = pool.window.kernel_w = 3;
  pool.window.stride_h = pool.window.stride_w = 3;
  auto& classifier = std::get<models::FloatConv>(network.nodes[2].operation);
  classifier.window.kernel_h = classifier.window.kernel_w = 2;
  classifier.outputs = kClasses;
  classifier.weights = random_weights(std::size_t{kClasses} * 6 * 2 * 2, 0.5F, random);

  models::Calibrator calibrator(network, {models::RangeChoice::Method::kMinMax, 100});
  for (int i = 0; i < 4; ++i) {
    calibrator.add(random_weights(std::size_t{kExtent} * kExtent, 2.0F, random));
  }
  return models::quantize(network, calibrator.ranges(), {});
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<unsigned char>(value >> static_cast<unsigned>(shift)));
  }
  return bytes;
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Random images in the files of Fashion-MNIST; readers take uncompressed ones as well.
void write_images(const fs::path& folder, std::size_t count) {
  fs::create_directories(folder);
  std::mt19937 random(3);
  const auto size = static_cast<std::uint32_t>(count);
  std::string images =
      big_endian(0x803) + big_endian(size) + big_endian(kExtent) + big_endian(kExtent);
  std::string labels = big_endian(0x801) + big_endian(size);
  for (std::size_t i = 0; i < count; ++i) {
    labels += static_cast<char>(random() % kClasses);
    const std::size_t contrast = 1 + random() % 256;
    for (int pixel = 0; pixel < kExtent * kExtent; ++pixel) {
      images += static_cast<char>(static_cast<unsigned char>(random() % contrast));
    }
  }
  write_file(folder / "t10k-images-idx3-ubyte.gz", images);
  write_file(folder / "t10k-labels-idx1-ubyte.gz", labels);
}

std::string config_text() {
  std::string text = kConfig;
  for (std::size_t at = text.find('%'); at != std::string::npos; at = text.find('%')) {
    text.replace(at, 1, BROWNOUT_SOURCE_DIR);
  }
  return text;
}

}  // namespace

CliTest::CliTest() : program_(BROWNOUT_BINARY) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  folder_ = fs::temp_directory_path() / fmt::format("brownout_cli_{}_{}", ::getpid(), test->name());
  fs::create_directories(folder_);
  models::save_onnx(small_network(), folder_ / "small.onnx");
  write_images(folder_ / "data", kImages);
  write("a.yaml", config_text());
}

CliTest::~CliTest() { fs::remove_all(folder_); }

pid_t CliTest::start(const std::vector<std::string>& arguments, const std::string& log,
                     const Environment& environment) const {
  std::vector<std::string> words = {program_.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const std::string output = (folder_ / (log + ".out")).string();
  const std::string errors = (folder_ / (log + ".err")).string();
  const pid_t child = ::fork();
  if (child != 0) return child;
  constexpr int kCannotStart = 127;
  if (::chdir(folder_.c_str()) != 0) ::_exit(kCannotStart);
  ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
  ::dup2(::open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::execv(pointers[0], pointers.data());
  ::_exit(kCannotStart);
}

Outcome CliTest::run(const std::vector<std::string>& arguments,
                     const Environment& environment) const {
  const pid_t child = start(arguments, "log", environment);
  int status = 0;
  ::waitpid(child, &status, 0);
  const int exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return {exit_code, read("log.out"), read("log.err")};
}

void CliTest::write(const std::string& name, const std::string& text) const {
  write_file(folder_ / name, text);
}

std::string CliTest::read(const std::string& name) const {
  std::ifstream stream(folder_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

bool CliTest::exists(const std::string& name) const { return fs::exists(folder_ / name); }

std::size_t CliTest::lines(const std::string& name) const {
  const std::string text = read(name);
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace brownout::cli_test
