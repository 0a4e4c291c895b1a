// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/manifest.h"

#include <gtest/gtest.h>

#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

class ManifestTest : public FolderTest {
 protected:
  [[nodiscard]] std::string error_reading(const std::string& json) const {
    write("m.json", json);
    const std::string message =
        input_error([&] { static_cast<void>(read_manifest(path("m.json"))); });
    return message.empty() ? message : message.substr(path("m.json").size());
  }
};

std::string refusal(const Manifest& now) {
  return input_error([&] { require_same(small_manifest(), now, "m.json"); });
}

TEST_F(ManifestTest, ComesBackFromItsFile) {
  write("m.json", to_json(small_manifest()));
  const Manifest again = read_manifest(path("m.json"));
  EXPECT_EQ(to_json(again), to_json(small_manifest()));
  EXPECT_EQ(again.network_crc, 0x00c0ffeeU);
  EXPECT_EQ(again.sources.at(1).text, "C, 2014");
  require_same(again, small_manifest(), "m.json");
}

TEST_F(ManifestTest, KnowsTheFaultMapOfItsResults) {
  Manifest measured = small_manifest();
  measured.fault_map = "chip.csv";
  measured.fault_map_crc = 0x0000beef;
  write("m.json", to_json(measured));
  const Manifest again = read_manifest(path("m.json"));
  EXPECT_EQ(again.fault_map, "chip.csv");
  EXPECT_EQ(again.fault_map_crc, 0x0000beefU);
  EXPECT_EQ(refusal(again),
            "m.json: begun with a fault map of CRC-32 00000000, now it is 0000beef; choose another "
            "folder to start anew");
}

TEST_F(ManifestTest, DamageIsNamed) {
  const std::string json = to_json(small_manifest());
  const std::size_t config = json.find("\"config\"");
  EXPECT_EQ(error_reading(json.substr(0, config)), ":51: damaged, not JSON any more");
  std::string other = json;
  other.replace(config, 8, "\"fonfig\"");
  EXPECT_EQ(error_reading(other), ": field 'config' is missing or damaged");
  other = json;
  other.replace(other.find("00c0ffee"), 8, "00c0ffex");
  EXPECT_EQ(error_reading(other),
            ": field 'network/crc32': found '00c0ffex', allowed: 8 hexadecimal digits");
  other = json;
  other.replace(other.find("\"format\": 5"), 11, "\"format\": 1");
  EXPECT_EQ(error_reading(other), ": format 1, this version reads 5");
}

TEST_F(ManifestTest, ImpossibleNumbersAreRefused) {
  const std::string json = to_json(small_manifest());
  const auto error_with = [&](const std::string& old_text, const std::string& new_text) {
    std::string other = json;
    other.replace(other.find(old_text), old_text.size(), new_text);
    return error_reading(other);
  };
  const std::string clock = "\"clock_hz\": 1000000000.0";
  EXPECT_EQ(error_with(clock, "\"clock_hz\": 0.0"),
            ": field 'accelerator/clock_hz': found 0, allowed: above 0");
  EXPECT_EQ(error_with("\"peak_macs_per_cycle\": 1024.0", "\"peak_macs_per_cycle\": 0.0"),
            ": field 'accelerator/peak_macs_per_cycle': found 0, allowed: above 0");
  EXPECT_EQ(error_with("16000000000.0", "-1.0"),
            ": field 'accelerator/dram_bytes_per_second': found -1, allowed: 0 or more");
  EXPECT_EQ(error_with(clock, "\"clock_hz\": -1e9"),
            ": field 'accelerator/clock_hz': found -1000000000, allowed: above 0");
  EXPECT_EQ(error_with(clock, "\"clock_hz\": 1e999"),
            ": damaged, holds a number beyond all bounds");
  EXPECT_EQ(error_with("\"macs\": 4567", "\"macs\": -4567"),
            ": field 'network/macs': found -4567, allowed: a whole number");
  EXPECT_EQ(error_with("\"parameters\": 123", "\"parameters\": 1.5"),
            ": field 'network/parameters': found 1.5, allowed: a whole number");
  EXPECT_EQ(error_with("\"points\": 7", "\"points\": 0"),
            ": field 'points': found 0, allowed: at least 1");
  EXPECT_EQ(error_with("\"kind\": \"sweep\"", "\"kind\": \"run\""),
            ": field 'points': found 7, allowed: 1, a run has no more");
  EXPECT_EQ(error_with("\"kind\": \"sweep\"", "\"kind\": \"walk\""),
            ": field 'kind': found 'walk', allowed: sweep or run");
}

TEST_F(ManifestTest, OtherWorkIsRefusedByName) {
  Manifest now = small_manifest();
  now.command = "brownout sweep a.yaml --resume --jobs 7";
  EXPECT_EQ(refusal(now), "");
  now = small_manifest();
  now.network_crc = 1;
  EXPECT_EQ(refusal(now),
            "m.json: begun with a network of CRC-32 00c0ffee, now it is 00000001; choose another "
            "folder to start anew");
  now = small_manifest();
  now.dataset_crc = 1;
  EXPECT_NE(refusal(now), "");
  now = small_manifest();
  now.revision = "abd";
  EXPECT_EQ(refusal(now),
            "m.json: begun with Brownout 1.2.3 (abc), now it is 1.2.3 (abd); choose another folder "
            "to start anew");
  now = small_manifest();
  now.config = "a: 1  # one\nb: 3\n";
  EXPECT_EQ(refusal(now),
            "m.json: begun with another configuration: 'b: 2' there, 'b: 3' now; choose another "
            "folder to start anew");
  now.config = "a: 1  # one\n";
  EXPECT_EQ(refusal(now),
            "m.json: begun with another configuration: 'b: 2' there, nothing now; choose another "
            "folder to start anew");
}

}  // namespace
}  // namespace brownout::sweep
