// What the precompiled headers hold: the whole standard library.
#include <bits/stdc++.h>

#if __cplusplus >= 202002L
// The bodies of these classes' virtual functions would be instantiated anew in every program, whether it formats anything or not, which takes
// longer than all the rest of a small one. They are compiled once instead (instances.cpp), and linked when they are needed.
extern template class std::__format::_Seq_sink<std::string>;
extern template class std::__format::_Seq_sink<std::wstring>;
#endif
