using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Chronik.Protocol;

/// <summary>The table of all requests that have a schema, ascending by key.</summary>
public static partial class ApiKeys
{
    private static readonly ApiDescription?[] _byKey = IndexByKey(All);

    /// <summary>Every request that has a schema, ascending by key.</summary>
    public static ImmutableArray<ApiDescription> All => Table.All;

    /// <summary>Finds what is known of a request, by the number a client sent.</summary>
    public static bool TryGet(short key, [NotNullWhen(true)] out ApiDescription? api)
    {
        api = (uint)(ushort)key < (uint)_byKey.Length ? _byKey[(ushort)key] : null;
        return api is not null;
    }

    /// <summary>What is known of a request.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has no schema here.</exception>
    public static ApiDescription Get(ApiKey key) =>
        TryGet((short)key, out var api) ? api : throw new ArgumentOutOfRangeException(nameof(key), key, "No schema for this request.");

    private static ApiDescription?[] IndexByKey(ImmutableArray<ApiDescription> all)
    {
        var byKey = new ApiDescription?[(int)all[^1].Key + 1];
        foreach (var api in all)
            byKey[(int)api.Key] = api;
        return byKey;
    }
}
