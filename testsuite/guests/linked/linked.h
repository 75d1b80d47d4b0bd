// What the library has for the program: data, functions, and addresses of functions.
typedef int (*operation)(int);

extern int scale;
extern unsigned counted;
extern const char *const names[];

int calculate_with(unsigned which, int n);
operation own_operation(void);
int triple(int n);
unsigned deeper(unsigned depth, unsigned (*back)(unsigned));
