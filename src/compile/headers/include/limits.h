// The limits need no header.
#pragma once

#include <sonde/basic.h>
