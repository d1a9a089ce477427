using Chronik.Broker.Configs;
using Chronik.Broker.Dispatch;
using Chronik.Protocol;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Handlers.Configs;

/// <summary>AlterConfigs (33), versions 0-2: replaces all settings of a resource. 2: flexible.</summary>
internal sealed class AlterConfigsHandler(ConfigAlteration alteration) : IRequestHandler<AlterConfigsRequest, AlterConfigsResponse>
{
    /// <inheritdoc/>
    public async ValueTask<AlterConfigsResponse?> HandleAsync(RequestContext context, AlterConfigsRequest request)
    {
        var response = new AlterConfigsResponse();
        var times = request.Resources.CountBy(r => (r.ResourceType, r.ResourceName)).ToDictionary();
        foreach (var resource in request.Resources)
        {
            var edits = resource.Configs.ConvertAll(c => new ConfigEdit(c.Name, ConfigOperation.Set, c.Value));
            var (error, message) = times[(resource.ResourceType, resource.ResourceName)] > 1
                ? (ErrorCode.InvalidRequest, ConfigAlteration.ResourceTwice)
                : await alteration.ApplyAsync(resource.ResourceType, resource.ResourceName, edits, replaceAll: true, request.ValidateOnly);
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
