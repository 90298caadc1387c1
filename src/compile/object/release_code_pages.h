// Gives back the memory of the compiler's own code, which is most of what its process occupies.
#pragma once

namespace sonde::compile {

// Takes the pages of this program's code and constants out of the process. What is still needed comes back from the
// page cache as it is used: between two stages that share little code, the peak of memory becomes that of one stage.
void release_code_pages();

}  // namespace sonde::compile
