// Nothing has to be worked around without kernel headers.
#pragma once
