// Indirect functions (IFUNC): the code that chooses one when a program starts has the function's name.
#pragma once

#include <cstdint>
#include <string>

namespace sonde::c {

// The address of the code that chooses an indirect function, 0 if that is none. Who asks for it means that code by the
// name: from then on a probe at the same name and symbol goes there, and not to the function that was chosen.
uint64_t chooser_wanted(const std::string& name, const std::string& symbol, int pid);

// The address for which chooser_wanted() was asked with these names; 0: it was not.
uint64_t chosen_chooser(const std::string& name, const std::string& symbol);

}  // namespace sonde::c
