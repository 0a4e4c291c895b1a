// SPDX-License-Identifier: Apache-2.0
// Seeded loops: what is written loads as the same, and no input does worse than an InputError.
#include <cmath>
#include <random>

#include "sim/config/quantity.h"
#include "sim/core/units.h"
#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
  bool coin() { return below(2) == 0; }
  /// Any finite double above zero within 10^-5 .. 10^15, of any number of digits.
  double real() {
    const double size = std::pow(10.0, static_cast<double>(below(20)) - 5);
    const double value = size * static_cast<double>(1 + below(1U << 30)) / (1U << 30);
    return coin() ? value : std::round(value * 1e4) / 1e4 + 1e-4;
  }
  std::string text() {
    static const std::vector<std::string> kPieces = {
        "a",  "B", "0", "7", ".", "-", "_", " ", ":", "#",  ",",    "[",        "]",
        "{",  "}", "&", "*", "!", "|", ">", "'", "%", "\"", "\\",   "\n",       "\t",
        "\r", "~", "e", "=", "/", "?", "@", "`", "<", "no", "null", "\xC2\xB5", "\xE2\x80\xA8"};
    std::string text;
    for (std::uint64_t n = below(6); n > 0; --n) text += kPieces[below(kPieces.size())];
    return text;
  }

 private:
  std::mt19937_64 engine_;
};

std::string escaped(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n')
      quoted += "\\n";
    else if (c == '\r')
      quoted += "\\r";
    else if (c == '\t')
      quoted += "\\t";
    else if (c == '"' || c == '\\')
      quoted += std::string("\\") + c;
    else
      quoted += c;
  }
  return quoted + "\"";
}

// A random value in flow style.
std::string random_yaml(Random& random, int depth) {
  const std::uint64_t kind = random.below(depth > 0 ? 6 : 4);
  if (kind == 0) return "null";
  if (kind == 1) return std::to_string(random.real()) + (random.coin() ? " mV" : "");
  if (kind == 2) return random.coin() ? "010" : "-3";
  if (kind == 3) return escaped(random.text());
  std::string yaml;
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    const std::string key = escaped("k" + std::to_string(i) + random.text()) + ": ";
    yaml += (kind == 4 ? "" : key) + random_yaml(random, depth - 1) + ", ";
  }
  return kind == 4 ? "[" + yaml + "]" : "{" + yaml + "}";
}

class ConfigProperty : public ConfigTest {};

TEST_F(ConfigProperty, RandomDocumentsDumpParseDumpIdentical) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (int i = 0; i < 4; ++i) {
      text += "r" + std::to_string(i) + ": " + random_yaml(random, 4) + "\n";
    }
    const std::string once = Document::load(write("a.yaml", text)).resolved_yaml();
    const std::string twice = Document::load(write("b.yaml", once)).resolved_yaml();
    ASSERT_EQ(once, twice) << text;
  }
}

// Values of every kind, and one way to read them all.
struct Values {
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::filesystem::path path;
  Volts volts;
  Picoseconds time;
  Bytes bytes;
  std::vector<SupplyVoltage> voltages;
  std::vector<double> numbers;
  std::vector<std::string> texts;
  std::vector<std::pair<std::string, std::string>> named;

  [[nodiscard]] bool operator==(const Values& other) const {
    return integer == other.integer && number == other.number && text == other.text &&
           path == other.path && volts == other.volts && time == other.time &&
           bytes == other.bytes && voltages == other.voltages && numbers == other.numbers &&
           texts == other.texts && named == other.named;
  }
};

Values read_values(Section root, const Values& defaults) {
  Values values;
  values.integer = root.integer("integer", "I", anything(), defaults.integer);
  values.number = root.number("number", "N", anything(), defaults.number);
  values.text = root.text("text", "T # \n", defaults.text);
  values.path = root.path("path", "P", defaults.path);
  Section inner = root.section("inner", "S");
  values.volts = inner.quantity<Volts>("volts", "V", anything(), defaults.volts);
  values.time = inner.quantity<Picoseconds>("time", "T", anything(), defaults.time);
  values.bytes = inner.quantity<Bytes>("bytes", "B", anything(), defaults.bytes);
  values.voltages = inner.voltages("voltages", "V", defaults.voltages);
  values.numbers = inner.numbers("numbers", "N", anything(), defaults.numbers);
  values.texts = inner.texts("texts", "T", defaults.texts);
  for (auto& [name, section] : root.named_sections("named", "N", Need::kOptional)) {
    values.named.emplace_back(name, section.text("text", "T"));
  }
  return values;
}

Values random_values(Random& random) {
  Values values;
  values.integer =
      static_cast<std::int64_t>(random.below(std::uint64_t{1} << 63)) * (random.coin() ? 1 : -1);
  values.number = random.real() * (random.coin() ? 1 : -1);
  values.text = random.text();
  values.path = "folder/f" + random.text();
  values.volts = Volts(random.real());
  values.time = Picoseconds(random.real());
  values.bytes = Bytes(random.below(1000) << random.below(40));
  values.voltages = {{random.real(), true}, {random.real(), false}};
  for (std::uint64_t n = random.below(3); n > 0; --n) {
    values.numbers.push_back(random.real());
    values.texts.push_back(random.text());
  }
  return values;
}

TEST_F(ConfigProperty, ResolvedConfigurationsGiveTheSameValues) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text = "inner: {}\nnamed:\n";
    for (int i = 0; i < 3; ++i) {
      text += "  " + escaped("n" + std::to_string(i) + random.text()) +
              ": {text: " + escaped(random.text()) + "}\n";
    }
    Document first = Document::load(write("a.yaml", text));
    const Values values = read_values(first.root(), random_values(random));
    first.finish();
    // Other defaults: everything must come from the written file.
    Document second = Document::load(write("sub/b.yaml", first.resolved_yaml()));
    const Values again = read_values(second.root(), random_values(random));
    second.finish();
    ASSERT_TRUE(values == again) << first.resolved_yaml();
  }
}

TEST_F(ConfigProperty, RenderedQuantitiesParseToTheSameBits) {
  Source source{"q", {}, 0, false};
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    Random random(seed);
    Node node;
    node.kind = NodeKind::kScalar;
    node.spot.source = &source;
    Rejection rejection;
    const double real = random.real();
    const Unit* unit = nullptr;
    node.text = render_real(real, units_of<Picojoules>());
    ASSERT_EQ(parse_real(node, units_of<Picojoules>(), unit, rejection), real) << seed << node.text;
    const std::uint64_t count = random.below(1U << 20) << random.below(44);
    node.text = render_count(count, units_of<Bytes>());
    ASSERT_EQ(parse_count(node, units_of<Bytes>(), rejection), count) << seed << node.text;
  }
}

const char* const kValid =
    "include: base.yaml\n"
    "integer: 12\nnumber: 0.5\ntext: \"some text\"\npath: x/y\n"
    "inner: &i\n  volts: 620 mV\n  time: 5 ns\n  bytes: 64 KiB\n"
    "  voltages: {from: 1 Vmin, to: 0.75 Vmin, steps: 9}\n"
    "  numbers: [1, 2.5]\n  texts:\n    - a\n    - 'b'\n"
    "named:\n  one: {text: x}\n  two:\n    text: |\n      block\n";

std::string mutated(Random& random, std::string text) {
  static const std::vector<std::string> kPieces = {"\n",
                                                   "\t",
                                                   " ",
                                                   ":",
                                                   "- ",
                                                   "[",
                                                   "]",
                                                   "{",
                                                   "}",
                                                   "&i ",
                                                   "*i",
                                                   "!",
                                                   "#",
                                                   "|",
                                                   ">",
                                                   "'",
                                                   "\"",
                                                   "---\n",
                                                   "<<: ",
                                                   "? ",
                                                   "%",
                                                   "\x04",
                                                   std::string(1, '\0'),
                                                   "\xff",
                                                   "inf",
                                                   "010",
                                                   "null",
                                                   "1e99",
                                                   "include",
                                                   "~",
                                                   "@",
                                                   "\xC2",
                                                   "...\n",
                                                   ",",
                                                   "a.yaml",
                                                   "steps",
                                                   "-",
                                                   "\r",
                                                   "\\",
                                                   "0"};
  for (std::uint64_t n = 1 + random.below(4); n > 0; --n) {
    const std::size_t at = random.below(text.size() + 1);
    const std::size_t length = random.below(12);
    switch (random.below(4)) {
      case 0:
        text.insert(at, kPieces[random.below(kPieces.size())]);
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(random.below(text.size() + 1), 3 * length));
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

TEST_F(ConfigProperty, MutatedConfigurationsAreReadOrRefused) {
  write("base.yaml", "integer: 3\ntext: base\n");
  const Values defaults;
  int refused = 0;
  constexpr int kRuns = 6000;
  for (std::uint64_t seed = 0; seed < kRuns; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::string text = mutated(random, kValid);
    const std::string override_text = mutated(random, "inner.numbers.1=3");
    try {
      Document document = Document::load(write("a.yaml", text), {override_text});
      (void)read_values(document.root(), defaults);
      (void)document.schema();
      // What cannot be read again has not been written right.
      (void)Document::load(write("b.yaml", document.resolved_yaml()));
      document.finish();
    } catch (const InputError& error) {
      ++refused;
      ASSERT_EQ(error.exit_code(), 2);
      ASSERT_EQ(std::string(error.what()).find("b.yaml"), std::string::npos) << error.what() << "\n"
                                                                             << text;
    }
  }
  EXPECT_GT(refused, kRuns / 2);
  EXPECT_LT(refused, kRuns);
}

TEST_F(ConfigProperty, TheUnmutatedConfigurationIsRead) {
  write("base.yaml", "integer: 3\ntext: base\n");
  EXPECT_EQ(findings(kValid, [](Section root) { (void)read_values(root, {}); }), "");
}

}  // namespace
}  // namespace brownout::config
