# docker build -f kubernetes/issuer.Dockerfile -t registry.example.org/websocket-mq-issuer:1 . in deploy/. Never run by this project.
FROM node:22-alpine
WORKDIR /deploy
COPY access access
COPY issuer issuer
RUN cd issuer && npm install --omit=dev --no-audit --no-fund
USER node
CMD ["node", "issuer/main.mjs"]
