# SPDX-License-Identifier: Apache-2.0
# Accuracy of every chip under every map, from a results folder of
# configs/experiments/published_*.yaml; beside it the paper's mean and standard deviation:
#   gnuplot -e "folder='out/published_vgg11_cifar10'; m1=42.2; s1=11.6; m05=63.6; s05=9.3" \
#     docs/figures/accuracy_by_map.gp > docs/figures/vgg11_by_map.svg
set terminal svg size 860,460 font 'sans-serif,13' background '#ffffff'
set datafile separator ','
set ylabel 'accuracy, %'
set bmargin 4
set yrange [0:100]
set xrange [-0.6:6.6]
set grid ytics linecolor '#e6eaef'
set key outside top center horizontal Left reverse
set xtics ("published" 0, "ibm\\_random" 1, "ibm\\_random\nshuffled" 2, "own cells" 3, \
  "own cells,\nflips" 4, "shared cells" 5, "address" 6) scale 0
names = "ibm_random ibm_random_shuffled own_cells own_cells_flips shared_cells address"
file(i) = folder . '/' . word(names, i) . '/points.csv'
at(v, i, x) = abs(column("voltage_vmin") - v) < 1e-6 && stringcolumn("role") eq 'sweep' ? i + x : NaN
$paper << EOD
0,0
EOD
plot $paper using (-0.12):(m05):(s05) with yerrorbars pt 13 ps 1 lc '#0072B2' notitle, \
  $paper using (0.12):(m1):(s1) with yerrorbars pt 13 ps 1 lc '#D55E00' notitle, \
  for [i=1:6] file(i) using (at(0.849954, i, -0.12)):(100 * column("accuracy")) \
    with points pt 6 ps 0.7 lc '#0072B2' notitle, \
  for [i=1:6] file(i) using (at(0.835684, i, 0.12)):(100 * column("accuracy")) \
    with points pt 6 ps 0.7 lc '#D55E00' notitle, \
  NaN with points pt 6 lc '#0072B2' title '0.5 % bit errors', \
  NaN with points pt 6 lc '#D55E00' title '1 % bit errors'
