using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Configs;

/// <summary>IncrementalAlterConfigs (44), versions 0-1: changes single settings of a resource (KIP-339). 1: flexible.</summary>
internal sealed class IncrementalAlterConfigsHandler(ConfigAlteration alteration) : IRequestHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>
{
    /// <inheritdoc/>
    public async ValueTask<IncrementalAlterConfigsResponse?> HandleAsync(RequestContext context, IncrementalAlterConfigsRequest request)
    {
        var response = new IncrementalAlterConfigsResponse();
        var times = request.Resources.CountBy(r => (r.ResourceType, r.ResourceName)).ToDictionary();
        foreach (var resource in request.Resources)
        {
            var edits = resource.Configs.ConvertAll(c => new ConfigEdit(c.Name, (ConfigOperation)c.ConfigOperation, c.Value));
            var (error, message) = times[(resource.ResourceType, resource.ResourceName)] > 1
                ? (ErrorCode.InvalidRequest, ConfigAlteration.ResourceTwice)
                : await alteration.ApplyAsync(resource.ResourceType, resource.ResourceName, edits, replaceAll: false, request.ValidateOnly);
            response.Responses.Add(new()
            {
                ErrorCode = error,
                ErrorMessage = message,
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
            });
        }
        return response;
    }
}
