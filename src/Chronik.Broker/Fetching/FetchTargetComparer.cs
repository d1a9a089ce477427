using System.Diagnostics.CodeAnalysis;

namespace Chronik.Broker.Fetching;

/// <summary>Finds targets by their keys, so that a session need not keep the keys a second time.</summary>
internal sealed class FetchTargetComparer : IEqualityComparer<FetchTarget>, IAlternateEqualityComparer<FetchKey, FetchTarget>
{
    /// <summary>The one there is.</summary>
    public static FetchTargetComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(FetchTarget? x, FetchTarget? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Key == y.Key);

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] FetchTarget obj) => obj.Key.GetHashCode();

    /// <inheritdoc/>
    public bool Equals(FetchKey alternate, FetchTarget other) => alternate == other.Key;

    /// <inheritdoc/>
    public int GetHashCode(FetchKey alternate) => alternate.GetHashCode();

    /// <inheritdoc/>
    public FetchTarget Create(FetchKey alternate) => new(alternate);
}
