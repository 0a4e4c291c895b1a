// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <utility>

#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

namespace brownout::cli {
namespace {

namespace po = boost::program_options;

// Without guessing: `--res` must not become `--resume` today and be ambiguous tomorrow.
constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;

/// The words of lower-case letters that `usage` begins with: `faults draw` of `faults draw FILE`.
std::string command_of(const std::string& usage) {
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < usage.size(); begin = end + 1) {
    const std::size_t next = std::min(usage.find(' ', begin), usage.size());
    const bool is_word = std::all_of(usage.begin() + static_cast<std::ptrdiff_t>(begin),
                                     usage.begin() + static_cast<std::ptrdiff_t>(next),
                                     [](char c) { return c >= 'a' && c <= 'z'; });
    if (!is_word) break;
    end = next;
  }
  return usage.substr(0, end);
}

}  // namespace

Options::Options(std::string usage, std::string description, std::vector<Positional> positionals)
    : usage_(std::move(usage)),
      description_(std::move(description)),
      declared_positionals_(std::move(positionals)) {
  flag("help", "show this text");
}

void Options::flag(const std::string& name, const std::string& description) {
  options_.add_options()(name.c_str(), description.c_str());
}

void Options::value(const std::string& name, const std::string& placeholder,
                    const std::string& description) {
  options_.add_options()(name.c_str(),
                         po::value<std::vector<std::string>>()->value_name(placeholder),
                         description.c_str());
}

void Options::values(const std::string& name, const std::string& placeholder,
                     const std::string& description) {
  options_.add_options()(
      name.c_str(), po::value<std::vector<std::string>>()->composing()->value_name(placeholder),
      description.c_str());
}

void Options::list(const std::string& name, const std::string& placeholder,
                   const std::string& description) {
  options_.add_options()(
      name.c_str(),
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name(placeholder),
      description.c_str());
}

bool Options::parse(const Arguments& arguments) {
  try {
    const po::parsed_options parsed = po::command_line_parser(arguments)
                                          .options(options_)
                                          .style(kStyle)
                                          .allow_unregistered()
                                          .run();
    std::vector<std::string> words;
    for (const po::option& option : parsed.options) {
      if (option.unregistered) {
        const std::string name = option.original_tokens.front();
        const auto nearest = nearest_name(name.substr(0, name.find('=')), option_names());
        fail(fmt::format("unknown option '{}'{}", name,
                         nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
      }
      if (option.string_key.empty()) words.push_back(option.value.front());
    }
    po::store(parsed, map_);
    po::notify(map_);
    if (has("help")) {
      std::cout << "Usage: brownout " << usage_ << "\n\n" << description_ << "\n\n" << options_;
      return false;
    }
    take_positionals(words);
  } catch (const po::error& error) {
    fail(error.what());
  }
  return true;
}

void Options::take_positionals(const std::vector<std::string>& words) {
  std::size_t next = 0;
  for (const Positional& positional : declared_positionals_) {
    if (next == words.size()) fail(positional.name + " is missing");
    do {
      positionals_.push_back(words[next++]);
    } while (positional.many && next < words.size());
  }
  if (next < words.size()) fail(fmt::format("found '{}', which is one word too many", words[next]));
}

std::vector<std::string> Options::option_names() const {
  std::vector<std::string> names;
  for (const auto& option : options_.options()) names.push_back("--" + option->long_name());
  return names;
}

std::optional<std::string> Options::text(const std::string& name) const {
  const std::vector<std::string> all = texts(name);
  if (all.size() > 1) fail(fmt::format("'--{}' is given {} times", name, all.size()));
  if (all.empty()) return {};
  return all.front();
}

std::vector<std::string> Options::texts(const std::string& name) const {
  if (!has(name)) return {};
  return map_[name].as<std::vector<std::string>>();
}

std::optional<std::size_t> Options::count(const std::string& name, std::size_t lowest) const {
  const auto word = text(name);
  if (!word) return {};
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error != std::errc() || end != word->data() + word->size() || value < lowest) {
    fail(fmt::format("--{}: found '{}', allowed: a whole number of at least {}", name, *word,
                     lowest));
  }
  return value;
}

std::optional<double> Options::number(const std::string& name, double lowest,
                                      double highest) const {
  const auto word = text(name);
  if (!word) return {};
  double value = 0;
  const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
  if (error != std::errc() || end != word->data() + word->size() ||
      !(value >= lowest && value <= highest)) {
    fail(fmt::format("--{}: found '{}', allowed: a number from {} to {}", name, *word, lowest,
                     highest));
  }
  return value;
}

std::size_t Options::choice(const std::string& name, const std::vector<std::string>& words) const {
  const auto word = text(name);
  if (!word) return 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (*word == words[i]) return i;
  }
  const auto nearest = nearest_name(*word, words);
  fail(fmt::format("--{}: found '{}', allowed: {}{}", name, *word, fmt::join(words, ", "),
                   nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
}

void Options::fail(const std::string& message) const {
  const std::string command = command_of(usage_);
  throw InputError(
      fmt::format("brownout {}: {} (see 'brownout {} --help')", command, message, command));
}

std::string shell_line(const std::vector<std::string>& words) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char letter : word)
      line += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
    line += '\'';
  }
  return line;
}

}  // namespace brownout::cli
