// NULL, size_t and offsetof are in every program.
#pragma once

#include <sonde/basic.h>
