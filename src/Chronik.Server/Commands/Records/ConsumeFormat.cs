namespace Chronik.Server.Commands.Records;

/// <summary>How consumed records are shown.</summary>
internal enum ConsumeFormat
{
    /// <summary>A line with place, time, key and value.</summary>
    Table,

    /// <summary>A JSON object on each line.</summary>
    Json,

    /// <summary>The value's bytes and a line feed.</summary>
    Value,
}
