// ps1.mjs NODE_MODULES FILE...: prints "FILE:LINE: what is wrong" for each file that is no PowerShell. Exit 0 if there is none, 1 otherwise.
import fs from 'node:fs';
import path from 'node:path';

const [modules, ...files] = process.argv.slice(2);
const { Parser, Language } = await import(path.resolve(modules, 'web-tree-sitter/web-tree-sitter.js'));
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(path.resolve(modules, 'tree-sitter-powershell/tree-sitter-powershell.wasm')));

// firstError returns the first node that the grammar could not make sense of.
function firstError(node) {
  if (node.type === 'ERROR' || node.isMissing) return node;
  for (const child of node.children) {
    const found = child.hasError || child.isMissing ? firstError(child) : null;
    if (found) return found;
  }
  return null;
}

let wrong = 0;
for (const file of files) {
  const text = fs.readFileSync(file, 'latin1');
  const error = firstError(parser.parse(text).rootNode);
  if (error || !text.includes('\n')) {
    wrong++;
    console.log(`${file}:${error ? error.startPosition.row + 1 : 1}: no PowerShell: ${error ? error.text.slice(0, 40) : 'empty'}`);
  }
}
process.exit(wrong ? 1 : 0);
