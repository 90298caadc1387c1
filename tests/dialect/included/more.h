// Found by -I.
#define MORE 1
