using Chronik.Broker.Dispatch;
using Chronik.Broker.Handlers.Data;
using Chronik.Protocol.Messages;

namespace Chronik.Broker.Tests.Data;

public sealed class FeaturesTests
{
    [Fact]
    public void A_broker_without_the_requests_of_a_feature_does_not_have_it()
    {
        var apis = new ApiTable();
        apis.Add(new Stub<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>());
        var response = new ApiVersionsResponse();
        new Features(apis).AddTo(response, 4);
        Assert.Empty(response.SupportedFeatures);
        Assert.Empty(response.FinalizedFeatures);
        Assert.Equal(-1, response.FinalizedFeaturesEpoch);
    }

    [Fact]
    public void A_feature_is_there_when_all_its_requests_are_served_and_v3_is_not_told_of_versions_from_zero()
    {
        var apis = new ApiTable();
        apis.Add(new Stub<ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse>());
        apis.Add(new Stub<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>());
        var features = new Features(apis);
        var response = new ApiVersionsResponse();
        features.AddTo(response, 4);
        ApiVersionsResponse.SupportedFeatureKey supported = Assert.Single(response.SupportedFeatures);
        ApiVersionsResponse.FinalizedFeatureKey finalized = Assert.Single(response.FinalizedFeatures);
        Assert.Equal(("group.version", 0, 1), (supported.Name, supported.MinVersion, supported.MaxVersion));
        Assert.Equal(("group.version", 1, 1), (finalized.Name, finalized.MinVersionLevel, finalized.MaxVersionLevel));
        features.AddTo(response, 3);
        Assert.Empty(response.SupportedFeatures);
        Assert.Single(response.FinalizedFeatures);
    }

    private sealed class Stub<TRequest, TResponse> : IRequestHandler<TRequest, TResponse>
        where TRequest : class
        where TResponse : class
    {
        public ValueTask<TResponse?> HandleAsync(RequestContext context, TRequest request) => throw new NotSupportedException();
    }
}
