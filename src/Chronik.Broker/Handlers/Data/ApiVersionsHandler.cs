using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Data;

/// <summary>
/// ApiVersions: what this broker serves, and only that. v3 names the client's library (KIP-511), v5 says which broker the
/// client believes it talks to (KIP-1242). From v3 on it names the features of KIP-584.
/// </summary>
internal sealed class ApiVersionsHandler(ApiTable apis, BrokerIdentity identity) : IRequestHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private const int SoftwareNameLengthMax = 256;
    private const short FirstVersionWithClientSoftware = 3;
    private const short FirstVersionWithTarget = 5;

    private List<ApiVersionsResponse.ApiVersion>? _served;
    private Features? _features;

    /// <inheritdoc/>
    public ValueTask<ApiVersionsResponse?> HandleAsync(RequestContext context, ApiVersionsRequest request)
    {
        if (context.ApiVersion >= FirstVersionWithClientSoftware)
        {
            if (!IsSoftwareName(request.ClientSoftwareName) || !IsSoftwareName(request.ClientSoftwareVersion))
            {
                return Answer(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
            }

            context.Connection.ClientSoftwareName = request.ClientSoftwareName;
            context.Connection.ClientSoftwareVersion = request.ClientSoftwareVersion;
        }

        if (context.ApiVersion >= FirstVersionWithTarget && !IsThisBroker(request))
        {
            return Answer(new ApiVersionsResponse { ErrorCode = ErrorCode.RebootstrapRequired });
        }

        var response = new ApiVersionsResponse { ApiKeys = _served ??= ListServed() };
        (_features ??= new Features(apis)).AddTo(response, context.ApiVersion);
        return Answer(response);
    }

    // Handlers are made before the table is full, so this waits for the first request.
    private List<ApiVersionsResponse.ApiVersion> ListServed() =>
        [.. apis.Entries.Select(api => new ApiVersionsResponse.ApiVersion
        {
            ApiKey = (short)api.Description.Key,
            MinVersion = api.Versions.Lowest,
            MaxVersion = api.Versions.Highest,
        })];

    private bool IsThisBroker(ApiVersionsRequest request) =>
        (request.ClusterId is null || request.ClusterId == identity.ClusterId)
        && (request.NodeId < 0 || request.NodeId == identity.NodeId);

    // Letters, digits, dots and dashes, with a letter or a digit at both ends.
    private static bool IsSoftwareName(string text) =>
        text.Length is > 0 and <= SoftwareNameLengthMax
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');

    private static ValueTask<ApiVersionsResponse?> Answer(ApiVersionsResponse response) => new(response);
}
