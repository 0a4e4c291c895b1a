// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress_line.h"

#include <gtest/gtest.h>

#include "sim/cli/options.h"

namespace brownout::cli {
namespace {

TEST(ProgressText, GivesRateAndTimeLeft) {
  EXPECT_EQ(progress_text({12, 91, 24000, 190000}, 6.0),
            "12/91 points, 24,000/190,000 images, 4,000 images/s, 42 s left");
  EXPECT_EQ(progress_text({0, 1, 3, 100}, 10.0), "3/100 images, 0.3 images/s, 5 min 24 s left");
  EXPECT_EQ(progress_text({0, 91, 1000, 1000000}, 100.0),
            "0/91 points, 1,000/1,000,000 images, 10 images/s, 27 h 45 min left");
}

TEST(ProgressText, PromisesNothingBeforeTheFirstImage) {
  EXPECT_EQ(progress_text({3, 91, 0, 500}, 2.0), "3/91 points, 0/500 images");
}

TEST(ShellLine, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_line({"brownout", "run", "--set", "rails.w.voltage=0.8 Vmin", "it's", ""}),
            "brownout run --set 'rails.w.voltage=0.8 Vmin' 'it'\\''s' ''");
}

}  // namespace
}  // namespace brownout::cli
