namespace Chronik.Server.Output;

/// <summary>What an answer looks like.</summary>
internal enum OutputFormat
{
    Table,
    Json,
}
