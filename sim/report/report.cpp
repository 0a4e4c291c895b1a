// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report.h"

#include "sim/core/atomic_file.h"
#include "sim/report/gnuplot.h"
#include "sim/report/page.h"
#include "sim/report/plots.h"
#include "sim/sweep/results_folder.h"

namespace brownout::report {

void require_gnuplot() { static_cast<void>(run_gnuplot("")); }

void write_report(const std::filesystem::path& folder) {
  const sweep::Results results = sweep::read_results(folder);
  const sweep::Summary summary = sweep::summarize(results.points);
  std::vector<Figure> figures;
  for (const Plot& plot : make_plots(results, summary)) {
    figures.push_back(
        {inline_svg(run_gnuplot(plot.script), plot.title), plot.title, plot.caption, plot.wide});
  }
  write_file_atomically((folder / sweep::kReportFile).string(),
                        make_page(results, summary, figures));
}

}  // namespace brownout::report
