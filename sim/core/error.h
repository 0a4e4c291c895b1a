// SPDX-License-Identifier: Apache-2.0
// The exceptions of Brownout (layer 0). Libraries throw, only `main` catches; the class picks the
// exit code.
#pragma once

#include <stdexcept>
#include <string>

namespace brownout {

/// Base of all errors Brownout raises on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  [[nodiscard]] virtual int exit_code() const { return 3; }
};

/// Bad usage or input (config, ONNX, data set, curve, result folder): exit code 2. The message is
/// one line per finding and names the file, line or field, what was found and what is allowed.
class InputError : public Error {
 public:
  using Error::Error;
  [[nodiscard]] int exit_code() const override { return 2; }
};

/// A broken invariant or a failure while simulating: exit code 3.
class SimulationError : public Error {
 public:
  using Error::Error;
};

/// The two engines disagree: exit code 4. Names layer, element and address.
class MismatchError : public Error {
 public:
  using Error::Error;
  [[nodiscard]] int exit_code() const override { return 4; }
};

/// Throws SimulationError with `context` unless `condition` holds; checked in release builds too.
inline void require(bool condition, const char* context) {
  if (!condition) throw SimulationError(std::string("invariant broken: ") + context);
}

}  // namespace brownout
