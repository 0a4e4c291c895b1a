// SPDX-License-Identifier: Apache-2.0
// Runs an ONNX file in ONNX Runtime: node judge.js NODE_MODULES MODEL IMAGES SHAPE OPTIMISATION PREFIX
// IMAGES are float32, one after the other; SHAPE is that of one, 1,C,H,W. What output number i gives
// for all of them goes to PREFIX.i.
'use strict';
const fs = require('fs');
const path = require('path');
const [modules, model, images, shape, optimisation, prefix] = process.argv.slice(2);
const ort = require(path.join(modules, 'onnxruntime-node'));

async function main() {
  const options = {graphOptimizationLevel: optimisation, intraOpNumThreads: 1, logSeverityLevel: 3};
  const session = await ort.InferenceSession.create(model, options);
  const dims = shape.split(',').map(Number);
  const size = dims.reduce((a, b) => a * b, 1);
  const file = fs.readFileSync(images);
  const all = new Float32Array(file.buffer, file.byteOffset, file.length / 4);
  const parts = session.outputNames.map(() => []);
  for (let at = 0; at < all.length; at += size) {
    const image = new ort.Tensor('float32', all.slice(at, at + size), dims);
    const results = await session.run({[session.inputNames[0]]: image});
    session.outputNames.forEach((name, i) => {
      const data = results[name].data;
      parts[i].push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    });
  }
  parts.forEach((list, i) => fs.writeFileSync(`${prefix}.${i}`, Buffer.concat(list)));
}

main().catch((error) => {
  console.error(String(error));
  process.exit(1);
});
