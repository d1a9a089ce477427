namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for before it allows records; .NET Standard 2.0 has none.</summary>
internal static class IsExternalInit
{
}
