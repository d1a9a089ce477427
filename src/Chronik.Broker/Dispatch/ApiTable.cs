using System.Diagnostics.CodeAnalysis;
using Chronik.Protocol;

namespace Chronik.Broker.Dispatch;

/// <summary>All APIs that are served, by their number. Filled by the generated HandlerTable.</summary>
internal sealed class ApiTable
{
    private readonly ApiEntry?[] _byKey = new ApiEntry?[(int)ApiKeys.All[^1].Key + 1];

    /// <summary>Every API that is served, ascending by key: what ApiVersions lists.</summary>
    public IEnumerable<ApiEntry> Entries => _byKey.OfType<ApiEntry>();

    /// <summary>Serves an API with a handler.</summary>
    public void Add<TRequest, TResponse>(IRequestHandler<TRequest, TResponse> handler)
        where TRequest : class, IKafkaRequest<TRequest, TResponse>
        where TResponse : class, IKafkaResponse<TResponse>
    {
        ref ApiEntry? entry = ref _byKey[(int)TRequest.ApiKey];
        if (entry is not null)
        {
            throw new InvalidOperationException($"{TRequest.ApiKey} has two handlers.");
        }

        entry = new ApiEntry<TRequest, TResponse>(handler);
    }

    /// <summary>Finds an API by the number that a client sent.</summary>
    public bool TryGet(short key, [NotNullWhen(true)] out ApiEntry? entry)
    {
        entry = (ushort)key < _byKey.Length ? _byKey[(ushort)key] : null;
        return entry is not null;
    }
}
