namespace Chronik.Client.Connections;

/// <summary>What the client calls itself.</summary>
internal static class ClientVersion
{
    public static string Text { get; } = typeof(ClientVersion).Assembly.GetName().Version?.ToString(3) ?? "0";
}
