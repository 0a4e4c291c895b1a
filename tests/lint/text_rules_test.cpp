// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/text_rules.h"

#include <gtest/gtest.h>

namespace brownout::lint {
namespace {

const std::string kSlashes = "// SPDX-License-Identifier: Apache-2.0\n";
const std::string kHash = "# SPDX-License-Identifier: Apache-2.0\n";

TEST(LicenceLine, IsWantedFirst) {
  EXPECT_TRUE(check_licence_line({"a.cpp", kSlashes}).empty());
  EXPECT_TRUE(check_licence_line({"sim/CMakeLists.txt", kHash}).empty());
  EXPECT_TRUE(check_licence_line({"dev", "#!/bin/bash\n" + kHash}).empty());
  EXPECT_TRUE(check_licence_line({"README.md", "# Brownout\n"}).empty());
}

TEST(LicenceLine, IsMissed) {
  EXPECT_EQ(check_licence_line({"a.cpp", "\n" + kSlashes}),
            Findings{"a.cpp:1: is not '// SPDX-License-Identifier: Apache-2.0'"});
  EXPECT_EQ(check_licence_line({"a.h", ""}).size(), 1U);
  EXPECT_EQ(check_licence_line({"a.cmake", kSlashes}).size(), 1U);
  EXPECT_EQ(check_licence_line({"configs/demo.yaml", "a: 1\n"}).size(), 1U);
  EXPECT_EQ(check_licence_line({"dev", "#!/bin/bash\nset -e\n"}),
            Findings{"dev:2: is not '# SPDX-License-Identifier: Apache-2.0'"});
  EXPECT_EQ(check_licence_line({"dev", "#!/bin/bash"}).size(), 1U);
}

TEST(PragmaOnce, IsWantedInHeaders) {
  EXPECT_TRUE(check_pragma_once({"a.h", "#pragma once\n"}).empty());
  EXPECT_TRUE(check_pragma_once({"a.cpp", ""}).empty());
  EXPECT_EQ(check_pragma_once({"a.h", "#ifndef A_H\n"}).size(), 1U);
  EXPECT_EQ(check_pragma_once({"a.h", "/*\n#pragma once\n*/"}).size(), 1U);
}

TEST(Size, EndsAtTheLimit) {
  std::string text;
  for (int i = 0; i < 350; ++i) text += "\n";
  EXPECT_TRUE(check_size({"a.cpp", text}).empty());
  EXPECT_EQ(check_size({"a.cpp", text + "\n"}), Findings{"a.cpp:351: is longer than 350 lines"});
  EXPECT_TRUE(check_size({"configs/curve.yaml", text + "\n"}).empty());
}

TEST(PrintingAndExits, AreFoundInLibraries) {
  for (const std::string code :
       {"exit(1);", "std::abort();", "std::_Exit (2);", "assert(x);", "std::cout << 1;",
        "std::cerr << 1;", "printf(\"\");", "std::fprintf(stderr, \"\");", "puts(s);"}) {
    EXPECT_EQ(check_no_printing_or_exits({"accel/a.cpp", "\n" + code}).size(), 1U) << code;
  }
  EXPECT_EQ(check_no_printing_or_exits({"accel/a.cpp", "\n  exit(1);"}),
            Findings{"accel/a.cpp:2: 'exit' is for sim/cli only: throw, or return the text"});
  EXPECT_EQ(check_no_printing_or_exits({"accel/a.cpp", "std::cout << std::cerr;"}).size(), 2U);
}

TEST(PrintingAndExits, AreNotSeenWhereThereAreNone) {
  for (const std::string code : {"static_assert(true);", "error.exit_code();", "// exit(1)",
                                 "f(\"assert(x)\");", "snprintf(buffer, 9, format);"}) {
    EXPECT_TRUE(check_no_printing_or_exits({"accel/a.cpp", code}).empty()) << code;
  }
}

TEST(PrintingAndExits, AreTheCommandLinesAndTheTestsRight) {
  for (const std::string path : {"sim/cli/main.cpp", "tests/cli/a_test.cpp", "bench/a.cpp"}) {
    EXPECT_TRUE(check_no_printing_or_exits({path, "std::cout << 1; exit(1);"}).empty()) << path;
  }
}

TEST(Ownership, FindsHandMadeAndSharedObjects) {
  for (const std::string code : {"p = new Bank(2);", "delete p;", "  delete[] p;",
                                 "std::shared_ptr<Bank> p;", "std::make_shared<Bank>();"}) {
    EXPECT_EQ(check_ownership({"memory/bank.cpp", code}).size(), 1U) << code;
  }
}

TEST(Ownership, AllowsDeletedFunctionsAndNamesWithNewInThem) {
  for (const std::string code : {"Bank(const Bank&) = delete;", "int new_rows = renew(old);",
                                 "// a new bank", "std::make_unique<Bank>();"}) {
    EXPECT_TRUE(check_ownership({"memory/bank.cpp", code}).empty()) << code;
  }
  EXPECT_TRUE(check_ownership({"tests/memory/bank_test.cpp", "new Bank;"}).empty());
}

TEST(Ownership, LetsTrainingShareButNotAllocate) {
  EXPECT_TRUE(check_ownership({"models/train/a.cpp", "std::make_shared<Block>();"}).empty());
  EXPECT_EQ(check_ownership({"models/train/a.cpp", "new Block;"}).size(), 1U);
}

TEST(SystemcTypes, LiveInModuleFilesOnly) {
  const std::string code = "class A : public sc_core::sc_module {};";
  EXPECT_EQ(check_systemc_types({"accel/array.h", code}).size(), 1U);
  EXPECT_EQ(check_systemc_types({"accel/array.cpp", "sc_time t;"}).size(), 1U);
  EXPECT_TRUE(check_systemc_types({"accel/array_module.h", code}).empty());
  EXPECT_TRUE(check_systemc_types({"accel/array_module.cpp", "sc_time t;"}).empty());
  EXPECT_TRUE(check_systemc_types({"tests/accel/array_module_test.cpp", code}).empty());
}

TEST(TorchIncludes, AreForTraining) {
  const std::string code = "#include <torch/torch.h>\n";
  EXPECT_EQ(check_torch_includes({"sim/cli/main.cpp", code}).size(), 1U);
  EXPECT_EQ(check_torch_includes({"accel/a.h", "#include <ATen/ATen.h>\n"}).size(), 1U);
  EXPECT_EQ(check_torch_includes({"models/graph.cpp", "#include \"torch/nn.h\""}).size(), 1U);
  EXPECT_TRUE(check_torch_includes({"models/train/base.cpp", code}).empty());
  EXPECT_TRUE(check_torch_includes({"fuse/eopm.cpp", code}).empty());
}

}  // namespace
}  // namespace brownout::lint
