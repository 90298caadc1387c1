// The helpers are in every program.
#pragma once

#include <sonde/helpers.h>
