namespace Chronik.Client;

/// <summary>Which records of transactions a consumer sees.</summary>
public enum IsolationLevel : sbyte
{
    /// <summary>All, also of transactions that are under way or aborted.</summary>
    ReadUncommitted = 0,

    /// <summary>Those of committed transactions, and records that are in none.</summary>
    ReadCommitted = 1,
}
