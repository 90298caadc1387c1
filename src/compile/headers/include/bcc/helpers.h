// What BCC pre-includes under this name is in every program.
#pragma once
