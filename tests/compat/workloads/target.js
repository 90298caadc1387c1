// A Node program: allocates until the collector runs.
let kept = [];

function work() {
  for (let i = 0; i < 100; i++) {
    kept = new Array(10000).fill(i);
  }
}

console.log("ready");
let told = false;
process.stdin.on("data", () => {
  if (!told) {
    told = true;
    work();
    console.log("done");
  }
});
process.stdin.on("end", () => process.exit(0));
