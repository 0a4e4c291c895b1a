// SPDX-License-Identifier: Apache-2.0
// Command-line options (layer 5), over Boost.Program_options: exact names only, and errors that
// name the nearest option.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/cli/command.h"

namespace brownout::cli {

/// A positional argument, as the usage line names it.
struct Positional {
  std::string name;
  bool many = false;  ///< one or more; otherwise exactly one
};

class Options {
 public:
  /// `usage` is all that follows `brownout`, e.g. `run CONFIG [options]`; the words before the
  /// first argument are the command.
  Options(std::string usage, std::string description, std::vector<Positional> positionals);

  /// Declares `--name` without value.
  void flag(const std::string& name, const std::string& description);
  /// Declares `--name VALUE`.
  void value(const std::string& name, const std::string& placeholder,
             const std::string& description);
  /// The same, to be given any number of times.
  void values(const std::string& name, const std::string& placeholder,
              const std::string& description);

  /// The same with one or more values at a time: `--name VALUE VALUE`.
  void list(const std::string& name, const std::string& placeholder,
            const std::string& description);

  /// Throws InputError unless `arguments` are as declared. False when help was asked for, which is
  /// then printed.
  [[nodiscard]] bool parse(const Arguments& arguments);

  [[nodiscard]] bool has(const std::string& name) const { return map_.count(name) != 0; }
  [[nodiscard]] std::optional<std::string> text(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& name) const;
  /// A whole number of at least `lowest`.
  [[nodiscard]] std::optional<std::size_t> count(const std::string& name, std::size_t lowest) const;
  /// A number within [lowest, highest].
  [[nodiscard]] std::optional<double> number(const std::string& name, double lowest,
                                             double highest) const;
  /// The position of the value among `words`; 0 when not given.
  [[nodiscard]] std::size_t choice(const std::string& name,
                                   const std::vector<std::string>& words) const;
  [[nodiscard]] const std::vector<std::string>& positionals() const { return positionals_; }

  /// An InputError about this command's usage.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  void take_positionals(const std::vector<std::string>& words);
  [[nodiscard]] std::vector<std::string> option_names() const;

  std::string usage_;
  std::string description_;
  std::vector<Positional> declared_positionals_;
  boost::program_options::options_description options_{"Options"};
  boost::program_options::variables_map map_;
  std::vector<std::string> positionals_;
};

/// The words as a user could type them again in a shell.
[[nodiscard]] std::string shell_line(const std::vector<std::string>& words);

}  // namespace brownout::cli
