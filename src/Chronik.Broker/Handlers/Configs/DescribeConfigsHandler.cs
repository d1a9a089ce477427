using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Configs;

/// <summary>DescribeConfigs (32), versions 0-4. 1: sources and synonyms; 3: types and documentation; 4: flexible.</summary>
internal sealed class DescribeConfigsHandler(ConfigDescriber describer) : IRequestHandler<DescribeConfigsRequest, DescribeConfigsResponse>
{
    /// <inheritdoc/>
    public ValueTask<DescribeConfigsResponse?> HandleAsync(RequestContext context, DescribeConfigsRequest request)
    {
        var response = new DescribeConfigsResponse
        {
            Results = request.Resources.ConvertAll(r => describer.Describe(r, request.IncludeSynonyms, request.IncludeDocumentation)),
        };
        if (context.ApiVersion == 0)
        {
            foreach (var config in response.Results.SelectMany(r => r.Configs))
                config.IsDefault = config.ConfigSource == (sbyte)ConfigSource.Default;
        }
        return new(response);
    }
}
