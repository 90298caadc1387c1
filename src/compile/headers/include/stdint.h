// The integer types are in every program.
#pragma once

#include <sonde/basic.h>
