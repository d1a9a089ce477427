using System.Reflection;

namespace Chronik.Server.Hosting;

/// <summary>The version of this program.</summary>
internal static class ProductVersion
{
    /// <summary>As in 0.1.0; a build's commit is left out.</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
